/* SPDX-License-Identifier: MIT */
/* The texts of the machine's files. */
#include "machine_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* A text under construction. Running out of memory shows at its end. */
struct text {
	FILE *file;
	char *data;
	size_t length;
};

static void text_open(struct text *t)
{
	*t = (struct text){0};
	t->file = open_memstream(&t->data, &t->length);
}

static char *text_close(struct text *t)
{
	bool failed = !t->file || ferror(t->file);

	if (t->file && fclose(t->file) != 0)
		failed = true;
	if (!failed)
		return t->data;
	free(t->data);
	return NULL;
}

/*
 * One word, after @separator. The config's check refuses words with white
 * space; one that comes here all the same must not start a line of its own.
 */
static void put_word(struct text *t, const char *separator, const char *word)
{
	if (!t->file)
		return;
	fputs(separator, t->file);
	for (; *word; word++)
		if ((unsigned char)*word > ' ')
			fputc(*word, t->file);
}

static void put(struct text *t, const char *s)
{
	if (t->file)
		fputs(s, t->file);
}

static void put_list(struct text *t, const char *keyword, const struct strlist *words)
{
	if (!words->count)
		return;
	put(t, keyword);
	for (size_t i = 0; i < words->count; i++)
		put_word(t, " ", words->items[i]);
	put(t, "\n");
}

static bool given(const char *s)
{
	return s && *s;
}

static bool has_network(const struct vmconfig *cfg)
{
	return cfg->network_enabled || cfg->interfaces.count;
}

bool machine_gives_dns(const struct vmconfig *cfg)
{
	const struct dns *dns = cfg->dns;

	if (dns && (dns->servers.count || dns->search.count || dns->options.count))
		return true;
	return has_network(cfg) && given(cfg->guest_dns);
}

char *machine_resolv_conf(const struct vmconfig *cfg)
{
	static const struct dns none = {0};
	const struct dns *dns = cfg->dns ? cfg->dns : &none;
	struct text t;

	text_open(&t);
	put_list(&t, "search", &dns->search);
	for (size_t i = 0; i < dns->servers.count; i++) {
		put_word(&t, "nameserver ", dns->servers.items[i]);
		put(&t, "\n");
	}
	if (!dns->servers.count && has_network(cfg) && given(cfg->guest_dns)) {
		put_word(&t, "nameserver ", cfg->guest_dns);
		put(&t, "\n");
	}
	put_list(&t, "options", &dns->options);
	return text_close(&t);
}

bool machine_gives_hosts(const struct vmconfig *cfg)
{
	return given(cfg->hostname) || cfg->hosts.count;
}

/* The first address of a family in the config, with its prefix length perhaps, or NULL. */
static const char *first_address(const struct vmconfig *cfg, bool ipv6)
{
	if (!ipv6 && cfg->network_enabled && !cfg->interfaces.count && given(cfg->guest_ip))
		return cfg->guest_ip;
	for (size_t i = 0; i < cfg->interfaces.count; i++) {
		const struct strlist *addresses = &cfg->interfaces.items[i].addresses;

		for (size_t k = 0; k < addresses->count; k++)
			if (!strchr(addresses->items[k], ':') == !ipv6)
				return addresses->items[k];
	}
	return NULL;
}

/* The name with its domain, then the one without; the domain may be part of the hostname. */
static int put_own_line(struct text *t, const struct vmconfig *cfg)
{
	const char *address = first_address(cfg, false);
	const char *name = cfg->hostname;
	_cleanup_free_ char *copy = NULL;

	if (!address)
		address = first_address(cfg, true);
	copy = strdup(address ? address : "127.0.1.1");
	if (!copy)
		return -1;
	copy[strcspn(copy, "/")] = '\0';
	put_word(t, "", copy);
	put_word(t, "\t", name);
	if (strchr(name, '.') && name[0] != '.') {
		free(copy);
		copy = strndup(name, strcspn(name, "."));
		if (!copy)
			return -1;
		put_word(t, " ", copy);
	} else if (given(cfg->domainname)) {
		put_word(t, ".", cfg->domainname);
		put_word(t, " ", name);
	}
	put(t, "\n");
	return 0;
}

char *machine_hosts(const struct vmconfig *cfg)
{
	struct text t;
	int r = 0;

	text_open(&t);
	put(&t, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
	if (given(cfg->hostname) && strcmp(cfg->hostname, "localhost") != 0)
		r = put_own_line(&t, cfg);
	for (size_t i = 0; i < cfg->hosts.count; i++) {
		const struct host *host = &cfg->hosts.items[i];

		put_word(&t, "", host->ip);
		for (size_t k = 0; k < host->names.count; k++)
			put_word(&t, k ? " " : "\t", host->names.items[k]);
		put(&t, "\n");
	}
	if (r == 0)
		return text_close(&t);
	free(text_close(&t));
	return NULL;
}

char *machine_hostname(const struct vmconfig *cfg)
{
	struct text t;

	text_open(&t);
	put_word(&t, "", cfg->hostname);
	put(&t, "\n");
	return text_close(&t);
}
