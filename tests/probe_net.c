/* SPDX-License-Identifier: MIT */
/* What the probe sees of the network, and whom it reaches. */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 60000

static void print_link(int fd, const char *name)
{
	struct ifreq flags = {0}, mtu = {0}, mac = {0};
	const unsigned char *b = (const unsigned char *)mac.ifr_hwaddr.sa_data;

	snprintf(flags.ifr_name, sizeof(flags.ifr_name), "%s", name);
	mtu = mac = flags;
	if (ioctl(fd, SIOCGIFFLAGS, &flags) < 0 || ioctl(fd, SIOCGIFMTU, &mtu) < 0 ||
	    ioctl(fd, SIOCGIFHWADDR, &mac) < 0)
		return;
	printf("link %s %s mtu %d mac %02x:%02x:%02x:%02x:%02x:%02x\n", name,
	       flags.ifr_flags & IFF_UP ? "up" : "down", mtu.ifr_mtu, b[0], b[1], b[2], b[3], b[4],
	       b[5]);
}

static int prefix_length(const struct sockaddr *mask)
{
	const unsigned char *bytes;
	int size = 4, n = 0;

	if (mask->sa_family == AF_INET6) {
		bytes = (const unsigned char *)&((const struct sockaddr_in6 *)mask)->sin6_addr;
		size = 16;
	} else {
		bytes = (const unsigned char *)&((const struct sockaddr_in *)mask)->sin_addr;
	}
	for (int i = 0; i < size; i++)
		n += __builtin_popcount(bytes[i]);
	return n;
}

static void print_addresses(void)
{
	struct ifaddrs *all;

	if (getifaddrs(&all) < 0)
		return;
	for (struct ifaddrs *a = all; a; a = a->ifa_next) {
		char text[INET6_ADDRSTRLEN];
		const void *address;

		if (!a->ifa_addr || !a->ifa_netmask)
			continue;
		if (a->ifa_addr->sa_family == AF_INET)
			address = &((const struct sockaddr_in *)a->ifa_addr)->sin_addr;
		else if (a->ifa_addr->sa_family == AF_INET6)
			address = &((const struct sockaddr_in6 *)a->ifa_addr)->sin6_addr;
		else
			continue;
		inet_ntop(a->ifa_addr->sa_family, address, text, sizeof(text));
		printf("addr %s %s/%d\n", a->ifa_name, text, prefix_length(a->ifa_netmask));
	}
	freeifaddrs(all);
}

static void print_routes4(void)
{
	FILE *f = fopen("/proc/net/route", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		char name[32], to[INET_ADDRSTRLEN], via[INET_ADDRSTRLEN];
		unsigned destination, gateway, metric, mask;

		if (sscanf(line, "%31s %x %x %*x %*u %*u %u %x", name, &destination, &gateway,
		           &metric, &mask) != 5)
			continue;
		inet_ntop(AF_INET, &destination, to, sizeof(to));
		inet_ntop(AF_INET, &gateway, via, sizeof(via));
		printf("route %s/%d via %s dev %s metric %u\n", to, __builtin_popcount(mask), via,
		       name, metric);
	}
	if (f)
		fclose(f);
}

static const char *hex_to_address(const char *hex, char text[INET6_ADDRSTRLEN])
{
	unsigned char bytes[16];

	for (int i = 0; i < 16; i++)
		if (sscanf(hex + (ptrdiff_t)i * 2, "%2hhx", &bytes[i]) != 1)
			return "?";
	return inet_ntop(AF_INET6, bytes, text, INET6_ADDRSTRLEN);
}

/* Those in the main table that lead somewhere; the kernel's own for link-local ones are left out.
 */
static void print_routes6(void)
{
	FILE *f = fopen("/proc/net/ipv6_route", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		char to[33], via[33], name[32], a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];
		unsigned prefix, metric, flags;

		if (sscanf(line, "%32s %x %*s %*x %32s %x %*x %*x %x %31s", to, &prefix, via,
		           &metric, &flags, name) != 6)
			continue;
		if (strcmp(name, "lo") != 0 && strncmp(to, "fe80", 4) != 0 &&
		    strncmp(to, "ff", 2) != 0)
			printf("route %s/%u via %s dev %s metric %u\n", hex_to_address(to, a),
			       prefix, hex_to_address(via, b), name, metric);
	}
	if (f)
		fclose(f);
}

static int verb_net(char **words)
{
	struct if_nameindex *names = if_nameindex();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)words;
	if (!names || fd < 0)
		return complain("");
	for (struct if_nameindex *n = names; n->if_name; n++)
		print_link(fd, n->if_name);
	if_freenameindex(names);
	close(fd);
	print_addresses();
	print_routes4();
	print_routes6();
	return 0;
}

static int wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	int n = poll(&p, 1, PATIENCE_MS);

	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0 ? 0 : -1;
}

/* Take one connection, say everything back until the peer has ended, and go on. */
static int verb_tcp_serve(char **words)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6,
	                               .sin6_port = htons((uint16_t)atoi(*words))};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, peer;
	char data[4096];
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 8) < 0)
		return complain(*words);
	printf("listening %s\n", *words);
	fflush(stdout);
	peer = wait_for(fd, POLLIN) < 0 ? -1 : accept(fd, NULL, NULL);
	close(fd);
	if (peer < 0)
		return complain(*words);
	while ((n = read(peer, data, sizeof(data))) > 0)
		if (write(peer, data, (size_t)n) != n)
			break;
	close(peer);
	printf("served %s\n", *words);
	return 0;
}

static socklen_t parse_address(struct sockaddr_storage *to, const char *text, int port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
	struct sockaddr_vm *vsock = (struct sockaddr_vm *)to;

	memset(to, 0, sizeof(*to));
	if (strncmp(text, "vsock:", 6) == 0) {
		vsock->svm_family = AF_VSOCK;
		vsock->svm_cid = (unsigned)atoi(text + 6);
		vsock->svm_port = (unsigned)port;
		return sizeof(*vsock);
	}
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		return sizeof(*v6);
	}
	errno = EINVAL;
	return 0;
}

/* The kernel gives up after two seconds with vsock, which a machine in a machine may take. */
static int connect_patiently(int fd, const struct sockaddr_storage *to, socklen_t size)
{
	const struct timeval limit = {.tv_sec = PATIENCE_MS / 1000};

	if (to->ss_family == AF_VSOCK &&
	    setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &limit, sizeof(limit)) < 0)
		return -1;
	return connect(fd, (const struct sockaddr *)to, size);
}

/* ADDRESS PORT TEXT ("vsock:CID" is an address, too): print what is said back. */
static int verb_tcp_connect(char **words)
{
	struct sockaddr_storage to;
	socklen_t size = parse_address(&to, words[0], atoi(words[1]));
	int fd = size ? socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
	char data[4096];
	ssize_t n;

	if (fd < 0 || connect_patiently(fd, &to, size) < 0 ||
	    write(fd, words[2], strlen(words[2])) < 0 || shutdown(fd, SHUT_WR) < 0)
		return complain(words[0]);
	printf("reply ");
	while (wait_for(fd, POLLIN) == 0 && (n = read(fd, data, sizeof(data))) > 0)
		fwrite(data, 1, (size_t)n, stdout);
	putchar('\n');
	close(fd);
	return 0;
}

/* One echo request, on a socket whose kernel fills in the identifier and the checksum. */
static int verb_ping(char **words)
{
	struct sockaddr_storage to;
	socklen_t size = parse_address(&to, *words, 0);
	const int v6 = to.ss_family == AF_INET6;
	const unsigned char request[16] = {
	    v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO, 0, 0, 0, 0, 0, 0, 1};
	unsigned char reply[256];
	int fd, none = 0;

	if (!size)
		return complain(*words);
	/* Who may use such sockets is the groups named here, at first none. */
	fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		none = write(fd, "0 65535", 7) < 0;
		close(fd);
	}
	fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (none || fd < 0 ||
	    sendto(fd, request, sizeof(request), 0, (struct sockaddr *)&to, size) < 0 ||
	    wait_for(fd, POLLIN) < 0 || recv(fd, reply, sizeof(reply), 0) < 8)
		return complain(*words);
	close(fd);
	printf("ping %s answered\n", *words);
	return 0;
}

const struct verb net_verbs[] = {
    {"net", 0, 0, verb_net},
    {"tcp-serve", 1, 0, verb_tcp_serve},
    {"tcp-connect", 3, 0, verb_tcp_connect},
    {"ping", 1, 0, verb_ping},
    {NULL, 0, 0, NULL},
};
