/* SPDX-License-Identifier: MIT */
/* The forms that strings of a config must have; rows of the table point here. */
#ifndef VMCONFIG_FORMATS_H
#define VMCONFIG_FORMATS_H

#include "record.h"

extern const struct format format_absolute_path; /* "/…", no ".." */
extern const struct format format_device;        /* /dev/…, serial=, label=, uuid= */
extern const struct format format_env_name;      /* not empty, no "=" */
extern const struct format format_hostname;      /* 1..64 bytes, no white space, "/" or "#" */
extern const struct format format_link_name;     /* a network interface's name */
extern const struct format format_ip;            /* IPv4 or IPv6 */
extern const struct format format_ipv4;
extern const struct format format_ipv6;
extern const struct format format_cidr;         /* address/prefix */
extern const struct format format_route_target; /* address/prefix or "default" */
extern const struct format format_mac;          /* six octets */
extern const struct format format_signal;       /* as signal_parse() reads it */
extern const struct format format_word;         /* one word of a line in a text file */
extern const struct format format_channel;      /* of the report */
extern const struct format format_nonce;
extern const struct format format_name; /* of a user or group: no ":" or line end */
extern const struct format format_not_empty;
extern const struct format format_capability; /* CAP_…; whether the kernel has it, the guest says */
extern const struct format format_sysctl;     /* a name below /proc/sys */
extern const struct format format_base64;

/* cidr_parse() - split "ADDRESS/PREFIX". @address takes 16 bytes. Return: AF_INET, AF_INET6 or
 * -EINVAL. */
int cidr_parse(const char *text, void *address, unsigned *prefix);

#endif
