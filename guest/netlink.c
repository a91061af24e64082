/* SPDX-License-Identifier: MIT */
/* rtnetlink(7): requests, dumps, events. */
#include "netlink.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "clock.h"

/* The kernel answers at once; this is only so that a lost answer is no hang. */
#define ANSWER_TIMEOUT_S 10

/* Events taken off a socket at once, so that a flood of them cannot hold netlink_drain(). */
#define MAX_DRAIN 1024

int netlink_open(struct netlink *nl, uint32_t groups)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
	const struct timeval timeout = {.tv_sec = ANSWER_TIMEOUT_S};
	const int on = 1;
	_cleanup_fd_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	*nl = (struct netlink)NETLINK_CLOSED;
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) < 0)
		return -errno;
	/* Niceties of the kernel that may be absent: words for errors, and no echo of the request.
	 */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	nl->fd = steal_fd(&fd);
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	free(nl->buffer);
	*nl = (struct netlink)NETLINK_CLOSED;
}

void netlink_begin(struct netlink_message *m, uint16_t type, uint16_t flags, const void *body,
                   size_t size)
{
	*m = (struct netlink_message){
	    .header = {.nlmsg_type = type, .nlmsg_flags = flags},
	};
	m->header.nlmsg_len = (uint32_t)(sizeof(m->header) + NLMSG_ALIGN(size));
	if (m->header.nlmsg_len <= sizeof(*m))
		memcpy(m->payload, body, size);
}

void netlink_add(struct netlink_message *m, uint16_t type, const void *data, size_t size)
{
	const struct nlattr attribute = {.nla_len = (uint16_t)(NLA_HDRLEN + size),
	                                 .nla_type = type};
	size_t at = m->header.nlmsg_len - sizeof(m->header);

	/* One that does not fit makes the length wrong for good, and the request is refused. */
	m->header.nlmsg_len += (uint32_t)(NLA_HDRLEN + NLA_ALIGN(size));
	if (m->header.nlmsg_len > sizeof(*m))
		return;
	memcpy(m->payload + at, &attribute, sizeof(attribute));
	memcpy(m->payload + at + NLA_HDRLEN, data, size);
}

const void *netlink_find(const void *attributes, size_t length, uint16_t type, size_t *size)
{
	const unsigned char *at = attributes;

	while (length >= NLA_HDRLEN) {
		struct nlattr a;
		size_t step;

		memcpy(&a, at, sizeof(a));
		if (a.nla_len < NLA_HDRLEN || a.nla_len > length)
			return NULL;
		if ((a.nla_type & NLA_TYPE_MASK) == type) {
			*size = a.nla_len - NLA_HDRLEN;
			return at + NLA_HDRLEN;
		}
		step = NLA_ALIGN(a.nla_len);
		if (step >= length)
			return NULL;
		at += step;
		length -= step;
	}
	return NULL;
}

const void *netlink_find_in(const struct nlmsghdr *m, size_t body, uint16_t type, size_t *size)
{
	size_t start = NLMSG_HDRLEN + NLMSG_ALIGN(body);

	if (m->nlmsg_len < start)
		return NULL;
	return netlink_find((const char *)m + start, m->nlmsg_len - start, type, size);
}

static int send_request(struct netlink *nl, struct netlink_message *m, uint16_t flags)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t n;

	nl->reason[0] = '\0';
	if (m->header.nlmsg_len > sizeof(*m))
		return -EMSGSIZE;
	m->header.nlmsg_flags |= NLM_F_REQUEST | flags;
	m->header.nlmsg_seq = ++nl->sequence;
	do
		n = sendto(nl->fd, m, m->header.nlmsg_len, 0, (const struct sockaddr *)&kernel,
		           sizeof(kernel));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Room for the datagram that is next, whatever its size. */
static int make_room(struct netlink *nl)
{
	ssize_t n = recv(nl->fd, NULL, 0, MSG_PEEK | MSG_TRUNC);
	char *larger;

	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	if ((size_t)n <= nl->size)
		return 0;
	larger = realloc(nl->buffer, (size_t)n);
	if (!larger)
		return -ENOMEM;
	nl->buffer = larger;
	nl->size = (size_t)n;
	return 0;
}

/* The next datagram from the kernel itself, into the buffer. Return: its bytes or -errno. */
static ssize_t receive(struct netlink *nl)
{
	for (;;) {
		struct sockaddr_nl from = {0};
		socklen_t size = sizeof(from);
		int r = make_room(nl);
		ssize_t n;

		if (r == -EINTR)
			continue;
		if (r < 0)
			return r;
		n = recvfrom(nl->fd, nl->buffer, nl->size, 0, (struct sockaddr *)&from, &size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (from.nl_pid == 0)
			return n;
	}
}

/* What an NLMSG_ERROR or NLMSG_DONE says, its words into nl->reason. Return: 0 or -errno. */
static int read_verdict(struct netlink *nl, const struct nlmsghdr *m)
{
	size_t body = m->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) : sizeof(int);
	const struct nlmsgerr *verdict = (const void *)((const char *)m + NLMSG_HDRLEN);
	const char *words;
	size_t size;
	int error;

	if (m->nlmsg_len < NLMSG_HDRLEN + sizeof(error))
		return m->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&error, verdict, sizeof(error));
	if (error >= 0)
		return 0;
	if (!(m->nlmsg_flags & NLM_F_ACK_TLVS))
		return error;
	if (m->nlmsg_type == NLMSG_ERROR && !(m->nlmsg_flags & NLM_F_CAPPED) &&
	    m->nlmsg_len >= NLMSG_HDRLEN + body && verdict->msg.nlmsg_len > NLMSG_HDRLEN)
		body += verdict->msg.nlmsg_len - NLMSG_HDRLEN;
	words = netlink_find_in(m, body, NLMSGERR_ATTR_MSG, &size);
	if (words)
		snprintf(nl->reason, sizeof(nl->reason), "%.*s", (int)strnlen(words, size), words);
	return error;
}

struct dump {
	int (*each)(const struct nlmsghdr *entry, void *data);
	void *data;
	int result;
	bool interrupted;
};

/*
 * Go through the messages of a datagram.
 *
 * Return: 1 when the answer goes on in another, 0 when it is complete, or -errno.
 */
static int read_answer(struct netlink *nl, size_t length, struct dump *dump)
{
	const char *at = nl->buffer;

	while (length >= NLMSG_HDRLEN) {
		const struct nlmsghdr *m = (const void *)at;
		size_t step;

		if (m->nlmsg_len < NLMSG_HDRLEN || m->nlmsg_len > length)
			return -EBADMSG;
		if (m->nlmsg_seq == nl->sequence) {
			if (m->nlmsg_flags & NLM_F_DUMP_INTR)
				dump->interrupted = true;
			if (m->nlmsg_type == NLMSG_ERROR || m->nlmsg_type == NLMSG_DONE)
				return read_verdict(nl, m);
			if (dump->each && dump->result == 0 && m->nlmsg_type >= NLMSG_MIN_TYPE)
				dump->result = dump->each(m, dump->data);
		}
		step = NLMSG_ALIGN(m->nlmsg_len);
		if (step >= length)
			break;
		at += step;
		length -= step;
	}
	return 1;
}

static int converse(struct netlink *nl, struct netlink_message *m, uint16_t flags,
                    struct dump *dump)
{
	int r = send_request(nl, m, flags);

	if (r < 0)
		return r;
	do {
		ssize_t n;

		boot_watch_until(clock_us() + ANSWER_TIMEOUT_S * INT64_C(1000000));
		n = receive(nl);
		boot_watch_until(0);
		if (n < 0)
			return (int)n;
		r = read_answer(nl, (size_t)n, dump);
	} while (r > 0);
	return r;
}

int netlink_request(struct netlink *nl, struct netlink_message *m)
{
	struct dump none = {0};

	return converse(nl, m, NLM_F_ACK, &none);
}

int netlink_dump(struct netlink *nl, struct netlink_message *m,
                 int (*each)(const struct nlmsghdr *entry, void *data), void *data)
{
	struct dump dump = {.each = each, .data = data};
	int r = converse(nl, m, NLM_F_DUMP, &dump);

	if (r < 0)
		return r;
	return dump.result < 0 ? dump.result : (dump.interrupted ? -EAGAIN : 0);
}

int netlink_drain(struct netlink *nl)
{
	char byte;

	for (int i = 0; i < MAX_DRAIN; i++) {
		if (recv(nl->fd, &byte, sizeof(byte), MSG_DONTWAIT) >= 0)
			continue;
		/* ENOBUFS: events were lost, which is a change as well. */
		if (errno == ENOBUFS || errno == EINTR || errno == EAGAIN)
			break;
		return -errno;
	}
	return 1;
}
