/* SPDX-License-Identifier: MIT */
/* What execve(2) is given. */
#include "exec_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static char *join(const char *a, size_t length, char separator, const char *b)
{
	size_t rest = strlen(b);
	char *s = malloc(length + 1 + rest + 1);

	if (!s)
		return NULL;
	memcpy(s, a, length);
	s[length] = separator;
	memcpy(s + length + 1, b, rest + 1);
	return s;
}

static int make_argv(struct exec_plan *plan, const struct vmconfig *cfg)
{
	size_t n = 0;

	if (cfg->entrypoint.count + cfg->cmd.count == 0)
		return -EINVAL; /* vmconfig_check() refuses such a config */
	plan->argv = calloc(cfg->entrypoint.count + cfg->cmd.count + 1, sizeof(*plan->argv));
	if (!plan->argv)
		return -ENOMEM;
	for (size_t i = 0; i < cfg->entrypoint.count; i++)
		plan->argv[n++] = cfg->entrypoint.items[i];
	for (size_t i = 0; i < cfg->cmd.count; i++)
		plan->argv[n++] = cfg->cmd.items[i];
	return 0;
}

static int make_envp(struct exec_plan *plan, const struct vmconfig *cfg, const char *home)
{
	size_t n = 0;

	plan->envp = calloc(cfg->env.count + 2, sizeof(*plan->envp));
	if (!plan->envp)
		return -ENOMEM;
	for (size_t i = 0; i < cfg->env.count; i++, n++) {
		const struct strpair *pair = &cfg->env.items[i];

		plan->envp[n] = join(pair->name, strlen(pair->name), '=', pair->value);
		if (!plan->envp[n])
			return -ENOMEM;
	}
	if (!strmap_get(&cfg->env, "HOME")) {
		plan->envp[n] = join("HOME", 4, '=', home);
		if (!plan->envp[n])
			return -ENOMEM;
	}
	return 0;
}

static int add_path(struct exec_plan *plan, size_t n, const char *dir, size_t length,
                    const char *program)
{
	/* An empty entry of PATH is the working directory. */
	plan->paths[n] = length ? join(dir, length, '/', program) : join(".", 1, '/', program);
	return plan->paths[n] ? 0 : -ENOMEM;
}

static int make_paths(struct exec_plan *plan, const struct vmconfig *cfg)
{
	const char *path = strmap_get(&cfg->env, "PATH");
	const char *program = plan->argv[0];
	size_t entries = 1, n = 0;

	if (!path)
		path = DEFAULT_PATH;
	for (const char *p = path; *p; p++)
		entries += *p == ':';
	plan->paths = calloc(entries + 1, sizeof(*plan->paths));
	if (!plan->paths)
		return -ENOMEM;
	if (strchr(program, '/')) {
		plan->paths[0] = strdup(program);
		return plan->paths[0] ? 0 : -ENOMEM;
	}
	for (;;) {
		size_t length = strcspn(path, ":");
		int r = add_path(plan, n++, path, length, program);

		if (r < 0)
			return r;
		if (!path[length])
			return 0;
		path += length + 1;
	}
}

int exec_plan_make(struct exec_plan *plan, const struct vmconfig *cfg, const char *home)
{
	int r;

	*plan = (struct exec_plan){.workdir = cfg->workdir ? cfg->workdir : "/"};
	r = make_argv(plan, cfg);
	if (r == 0)
		r = make_envp(plan, cfg, home);
	if (r == 0)
		r = make_paths(plan, cfg);
	if (r < 0)
		exec_plan_release(plan);
	return r;
}

static void release_strings(char **strings)
{
	for (size_t i = 0; strings && strings[i]; i++)
		free(strings[i]);
	free(strings);
}

void exec_plan_release(struct exec_plan *plan)
{
	free(plan->argv);
	release_strings(plan->envp);
	release_strings(plan->paths);
	*plan = (struct exec_plan){0};
}

int exec_plan_run(const struct exec_plan *plan)
{
	int result = -ENOENT;

	for (size_t i = 0; plan->paths[i]; i++) {
		struct stat st;
		int error;

		execve(plan->paths[i], plan->argv, plan->envp);
		error = errno;
		/* Not here: look further, but remember that one was found and could not be used. */
		if (error == EACCES) {
			result = -EACCES;
			continue;
		}
		if (error != ENOENT && error != ENOTDIR)
			return -error;
		/* The file is there: what is missing is its interpreter, a script's or the dynamic
		 * loader. */
		if (error == ENOENT && stat(plan->paths[i], &st) == 0)
			return -ELIBACC;
	}
	return result;
}
