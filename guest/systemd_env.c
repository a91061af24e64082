/* SPDX-License-Identifier: MIT */
/* The config's environment, as systemd gives it to its services. */
#include "systemd_env.h"

#include <stdbool.h>
#include <string.h>

#include "log.h"

/* systemd's valid_env_name(): what a shell can have for a variable. */
static bool name_is_good(const char *name)
{
	static const char rest[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

	if (*name >= '0' && *name <= '9')
		return false;
	return *name && !name[strspn(name, rest)];
}

/* In double quotes a backslash escapes, as in C, and "%" begins a specifier. */
void systemd_env_put_value(struct runtime_file *f, const char *value)
{
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (c < ' ' || c == 0x7f)
			runtime_file_put(f, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			runtime_file_put(f, "\\%c", c);
		else if (c == '%')
			runtime_file_put(f, "%%%%");
		else
			runtime_file_put(f, "%c", c);
	}
}

void systemd_env_write(struct runtime_file *f, const struct strmap *env)
{
	runtime_file_put(f, "# The environment of the virtual machine's config.\n[Manager]\n");
	for (size_t i = 0; i < env->count; i++) {
		const struct strpair *pair = &env->items[i];

		if (strcmp(pair->name, "container") == 0) {
			log_debug("variable 'container' is left out: this is a machine");
			continue;
		}
		if (!name_is_good(pair->name)) {
			log_warning("variable '%s' is not given to services: systemd takes "
			            "letters, digits and '_' only",
			            pair->name);
			continue;
		}
		runtime_file_put(f, "DefaultEnvironment=\"%s=", pair->name);
		systemd_env_put_value(f, pair->value);
		runtime_file_put(f, "\"\n");
	}
}
