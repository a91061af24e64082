/* SPDX-License-Identifier: MIT */
/* The forms that strings of a config must have. */
#include "formats.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "contract.h"
#include "signals.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static bool has_control_or_space(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return true;
	return false;
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return true;
	return false;
}

static bool has_dot_dot(const char *s)
{
	for (; (s = strstr(s, "..")); s += 2)
		if (s[-1] == '/' && (s[2] == '/' || s[2] == '\0'))
			return true;
	return false;
}

static const char *complain_absolute_path(const char *s)
{
	if (s[0] != '/')
		return "is not an absolute path";
	if (has_dot_dot(s))
		return "has a '..' part";
	if (strlen(s) >= 4096)
		return "is longer than PATH_MAX (4096)";
	return NULL;
}

static const char *complain_device(const char *s)
{
	static const char *const tags[] = {"serial=", "label=", "uuid="};

	if (has_control(s))
		return "has a control character";
	if (strlen(s) >= 256)
		return "is longer than 255 bytes";
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (strncmp(s, tags[i], strlen(tags[i])) == 0)
			return s[strlen(tags[i])] ? NULL : "names nothing";
	if (strncmp(s, "/dev/", 5) == 0 && s[5] && !has_dot_dot(s))
		return NULL;
	return "is no device: use /dev/NAME, serial=NAME, label=NAME or uuid=UUID";
}

static const char *complain_env_name(const char *s)
{
	if (!*s)
		return "is an empty variable name";
	return strchr(s, '=') ? "has a '=' in a variable name" : NULL;
}

static const char *complain_hostname(const char *s)
{
	if (!*s)
		return "is empty";
	if (strlen(s) > MAX_HOSTNAME)
		return "is longer than 64 bytes";
	/* "#" begins a comment in hosts(5). */
	if (has_control_or_space(s) || strpbrk(s, "/#"))
		return "has a character that no host name may have";
	return NULL;
}

static const char *complain_link_name(const char *s)
{
	/* dev_valid_name() of the kernel */
	if (strlen(s) > 15)
		return "is longer than 15 bytes";
	/* "%" makes the kernel number the name; "lo" is taken. */
	if (has_control_or_space(s) || strpbrk(s, "/:%") || strcmp(s, "lo") == 0 ||
	    strcmp(s, ".") == 0 || strcmp(s, "..") == 0)
		return "is no interface name";
	return NULL;
}

static const char *complain_ipv4(const char *s)
{
	unsigned char address[16];

	return inet_pton(AF_INET, s, address) == 1 ? NULL : "is no IPv4 address";
}

static const char *complain_ipv6(const char *s)
{
	unsigned char address[16];

	return inet_pton(AF_INET6, s, address) == 1 ? NULL : "is no IPv6 address";
}

static const char *complain_ip(const char *s)
{
	return complain_ipv4(s) && complain_ipv6(s) ? "is no IP address" : NULL;
}

int cidr_parse(const char *text, void *address, unsigned *prefix)
{
	const char *slash = strchr(text, '/');
	char copy[64];
	char *end;
	unsigned long n;
	int family;

	if (!slash || (size_t)(slash - text) >= sizeof(copy) || slash[1] < '0' || slash[1] > '9')
		return -EINVAL;
	memcpy(copy, text, (size_t)(slash - text));
	copy[slash - text] = '\0';
	family = strchr(copy, ':') ? AF_INET6 : AF_INET;
	n = strtoul(slash + 1, &end, 10);
	if (*end || end - slash > 4 || n > (family == AF_INET ? 32 : 128))
		return -EINVAL;
	if (inet_pton(family, copy, address) != 1)
		return -EINVAL;
	*prefix = (unsigned)n;
	return family;
}

static const char *complain_cidr(const char *s)
{
	unsigned char address[16];
	unsigned prefix;

	return cidr_parse(s, address, &prefix) < 0 ? "is not ADDRESS/PREFIX" : NULL;
}

static const char *complain_route_target(const char *s)
{
	if (strcmp(s, "default") == 0 || !complain_cidr(s))
		return NULL;
	return "is neither ADDRESS/PREFIX nor \"default\"";
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *complain_mac(const char *s)
{
	if (strlen(s) != 17)
		return "is no MAC address";
	for (size_t i = 0; i < 17; i++)
		if (i % 3 == 2 ? s[i] != ':' : !is_hex(s[i]))
			return "is no MAC address";
	/* The lowest bit of the first octet marks a group, which no NIC is. */
	if (strchr("13579bdfBDF", s[1]))
		return "is a multicast address";
	return strcmp(s, "00:00:00:00:00:00") == 0 ? "is no NIC's address" : NULL;
}

static const char *complain_signal(const char *s)
{
	return signal_parse(s) < 0 ? "is no signal" : NULL;
}

static const char *complain_word(const char *s)
{
	if (!*s)
		return "is empty";
	return has_control_or_space(s) || *s == '#' ? "is not one word" : NULL;
}

static const char *complain_channel(const char *s)
{
	static const char *const channels[] = {"virtio-serial", "vsock", "console"};

	for (size_t i = 0; i < ARRAY_SIZE(channels); i++)
		if (strcmp(s, channels[i]) == 0)
			return NULL;
	return "is none of \"virtio-serial\", \"vsock\", \"console\"";
}

static const char *complain_nonce(const char *s)
{
	if (strlen(s) > MAX_NONCE)
		return "is longer than 64 bytes";
	for (; *s; s++)
		if (!is_hex(*s))
			return "is not hexadecimal";
	return NULL;
}

static const char *complain_name(const char *s)
{
	if (strlen(s) > 255)
		return "is longer than 255 bytes";
	return has_control(s) || strchr(s, ':') ? "is no user or group name" : NULL;
}

static const char *complain_empty(const char *s)
{
	return *s ? NULL : "is empty";
}

static const char *complain_capability(const char *s)
{
	if (strncmp(s, "CAP_", 4) != 0 || strlen(s) > 63)
		return "is no capability: CAP_ and upper case letters";
	return s[4 + strspn(s + 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] || !s[4]
	           ? "is no capability: CAP_ and upper case letters"
	           : NULL;
}

static const char *complain_sysctl(const char *s)
{
	if (!*s || *s == '.' || *s == '/' || strlen(s) > 255)
		return "is no name of a kernel parameter";
	if (has_control_or_space(s) || strstr(s, "..") || strstr(s, "//") || strstr(s, "/./"))
		return "is no name of a kernel parameter";
	return NULL;
}

static const char *complain_base64(const char *s)
{
	return base64_size(s) < 0 ? "is not base64 (RFC 4648, with padding)" : NULL;
}

const struct format format_absolute_path = {"absolute-path", "^/", complain_absolute_path};
const struct format format_device = {"device", "^(/dev/.|serial=.|label=.|uuid=.)",
                                     complain_device};
const struct format format_env_name = {"env-name", "^[^=]+$", complain_env_name};
const struct format format_hostname = {"hostname", "^[^ /#]{1,64}$", complain_hostname};
const struct format format_link_name = {"link-name", "^[^ /:%]{1,15}$", complain_link_name};
const struct format format_ip = {"ip", "^[0-9A-Fa-f.:]+$", complain_ip};
const struct format format_ipv4 = {"ipv4", "^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$", complain_ipv4};
const struct format format_ipv6 = {"ipv6", "^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$", complain_ipv6};
const struct format format_cidr = {"cidr", "^[0-9A-Fa-f.:]+/[0-9]{1,3}$", complain_cidr};
const struct format format_route_target = {"route-target", "^(default|[0-9A-Fa-f.:]+/[0-9]{1,3})$",
                                           complain_route_target};
const struct format format_mac = {"mac", "^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$", complain_mac};
const struct format format_signal = {"signal", "^[A-Za-z0-9+-]+$", complain_signal};
const struct format format_word = {"word", "^[^ #][^ ]*$", complain_word};
const struct format format_channel = {"channel", "^(virtio-serial|vsock|console)$",
                                      complain_channel};
const struct format format_nonce = {"nonce", "^[0-9A-Fa-f]{1,64}$", complain_nonce};
const struct format format_name = {"name", "^[^:]{1,255}$", complain_name};
const struct format format_not_empty = {"not-empty", ".", complain_empty};
const struct format format_capability = {"capability", "^CAP_[A-Z0-9_]+$", complain_capability};
const struct format format_sysctl = {"sysctl", "^[^./ ][^ ]*$", complain_sysctl};
const struct format format_base64 = {"base64", "^[A-Za-z0-9+/]*={0,2}$", complain_base64};
