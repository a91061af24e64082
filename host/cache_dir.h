/* SPDX-License-Identifier: MIT */
/*
 * The cache of root images, by the digests of their layers, below
 * XDG_CACHE_HOME. Safe with any number of processes: an image appears whole,
 * whoever uses one holds a shared lock on it, and whoever removes one an
 * exclusive one.
 */
#ifndef VMCONFIG_CACHE_DIR_H
#define VMCONFIG_CACHE_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct cache {
	char *path; /* of the directory */
	int fd;
};

#define CACHE_KEY_BYTES 65 /* hexadecimal digits and a NUL */

struct cache_entry {
	char key[CACHE_KEY_BYTES];
	uint64_t bytes; /* on disk */
	time_t used;    /* last */
	bool in_use;
};

/*
 * cache_open() - the directory, made when it is missing, mode 0700.
 * Return: 0, or negative after printing a line; cache_release() whatever the result.
 */
int cache_open(struct cache *cache);
void cache_release(struct cache *cache);

/*
 * cache_get() - an image, locked against removal for as long as the descriptor is open.
 * @path: its path, for free()
 *
 * Return: the descriptor, -ENOENT (silent) when there is none, or negative after printing a line.
 */
int cache_get(const struct cache *cache, const char *key, char **path);

/*
 * cache_lock() - be the only one who makes the image @key; waits for another who does.
 * Return: a descriptor that holds the lock, or negative after printing a line.
 */
int cache_lock(const struct cache *cache, const char *key);

/*
 * cache_begin() - an image that is not there yet. Whoever holds its lock fills it, and then calls
 * one of the two that follow.
 *
 * Return: the descriptor, for reading and writing, or negative after printing a line.
 */
int cache_begin(const struct cache *cache, const char *key);

/* cache_commit() - now it is there. Return: 0, or negative after printing a line. */
int cache_commit(const struct cache *cache, const char *key);

void cache_discard(const struct cache *cache, const char *key);

/* cache_list() - all images, for free(). Return: 0, or negative after printing a line. */
int cache_list(const struct cache *cache, struct cache_entry **entries, size_t *count);

/*
 * cache_remove() - remove an image that nobody uses.
 * Return: 0; 1 when it is in use; negative after printing a line.
 */
int cache_remove(const struct cache *cache, const char *key);

/*
 * cache_sweep() - what makers have left that were killed.
 * Return: how many unfinished images are gone, or negative after printing a line.
 */
int cache_sweep(const struct cache *cache);

#endif
