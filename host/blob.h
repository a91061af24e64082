/* SPDX-License-Identifier: MIT */
/* Files of an image layout: documents by name, blobs by digest. */
#ifndef VMCONFIG_BLOB_H
#define VMCONFIG_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oci_descriptor;
struct record;

/* One document of a layout: an index, a manifest or a config. Real ones have some kilobytes. */
#define MAX_OCI_DOCUMENT (4u << 20)

struct layout {
	char *path;         /* as the user gave it */
	int fd;             /* the directory */
	unsigned documents; /* how many have been read */
	uint64_t bytes;     /* of them all */
};

/* Something a descriptor leads to, and where that descriptor stands. */
struct blob {
	char *place; /* "LAYOUT/index.json: /manifests/0" */
	char *digest;
	uint64_t size;
};

void blob_release(struct blob *b);

/* Why a file of a layout cannot be had. */
struct blob_fault {
	const char *member; /* of the descriptor: "/size", "/digest"; NULL: it is the file itself */
	char *message;
};

void blob_fault_release(struct blob_fault *why);

/*
 * blob_set() - take from a descriptor what it takes to read the blob.
 * @document: what messages call the document that holds @d
 * @pointer:  where @d is in it, a JSON pointer
 *
 * Return: 0 or -ENOMEM after printing a line.
 */
int blob_set(struct blob *b, const struct oci_descriptor *d, const char *document,
             const char *pointer);

/*
 * blob_read() - a document of a layout, by its descriptor.
 * @text:   for free(); size and digest are as the descriptor says
 * @length: its bytes
 * @name:   its path for messages, for free()
 *
 * Return: 0, or -errno after printing a line.
 */
int blob_read(struct layout *l, const struct blob *b, char **text, size_t *length, char **name);

/*
 * blob_get(), layout_get() - a document of a layout by its descriptor, or by its name.
 * @text:   for free(), as blob_read() gives it
 * @length: its bytes
 * @name:   its path for messages, for free()
 * @why:    zeroed; to be released after an error
 *
 * Nothing is printed.
 *
 * Return: 0 or -errno.
 */
int blob_get(struct layout *l, const struct blob *b, char **text, size_t *length, char **name,
             struct blob_fault *why);
int layout_get(struct layout *l, const char *file, char **text, size_t *length, char **name,
               struct blob_fault *why);

/*
 * layout_open_file() - a file of a layout for reading. What it is has yet to be looked at.
 * No symbolic link is followed, in any part of its name.
 *
 * Return: its descriptor, or -errno.
 */
int layout_open_file(const struct layout *l, const char *file);

/*
 * blob_verify() - that a blob is there, has its size and, with @content, its digest.
 * It may be of any size. Return: 0 or -errno, with @why as of blob_get().
 */
int blob_verify(const struct layout *l, const struct blob *b, bool content, struct blob_fault *why);

/*
 * blob_decode() - a document of a layout, by its descriptor, as a struct.
 * @rec:  its table
 * @out:  zeroed struct of @rec->size bytes; release it whatever the result
 * @name: its path for messages, for free(); NULL before, and after when it cannot be read
 *
 * Return: 0, or -errno after printing what is wrong with it.
 */
int blob_decode(struct layout *l, const struct blob *b, const struct record *rec, void *out,
                char **name);

/* layout_decode() - the same for a document with a name: "index.json", "oci-layout". */
int layout_decode(struct layout *l, const char *file, const struct record *rec, void *out,
                  char **name);

#endif
