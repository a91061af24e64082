/* SPDX-License-Identifier: MIT */
/* Every form of config disk: what is written is read back, and a damaged disk is told as such. */
#include "scratch_test.h"

#include "cleanup.h"
#include "contract.h"
#include "disk.h"
#include "frame.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const enum disk_form forms[] = {DISK_EXT4, DISK_RAW, DISK_CPIO, DISK_SQUASHFS};

static char *text_of(size_t length)
{
	char *text = malloc(length + 1);

	for (size_t i = 0; i < length; i++)
		text[i] = (char)('a' + i % 26);
	text[length] = '\0';
	return text;
}

static void put(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static void test_round_trip(void **state)
{
	static const size_t lengths[] = {
	    0, 1, 448, 449, 1u << 20, (1u << 20) + 1, MAX_CONFIG_BYTES};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++)
		for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
			_cleanup_free_ char *text = text_of(lengths[i]), *json = NULL;
			size_t length;

			assert_int_equal(disk_write("disk", forms[f], text, lengths[i]), 0);
			assert_int_equal(disk_read("disk", &json, &length), 0);
			assert_int_equal(length, lengths[i]);
			assert_memory_equal(json, text, length + 1);
		}
}

static void test_small(void **state)
{
	static const size_t sizes[] = {65536, 512, 1024, 4096};
	_cleanup_free_ char *text = text_of(400);

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
		struct disk_image one, two;

		assert_int_equal(disk_make(forms[f], text, 400, &one), 0);
		assert_int_equal(disk_make(forms[f], text, 400, &two), 0);
		assert_int_equal(one.size, sizes[f]);
		assert_int_equal(two.size, sizes[f]);
		assert_memory_equal(one.bytes, two.bytes, one.size);
		free(one.bytes);
		free(two.bytes);
	}
}

/* The check value of CRC-32C, and the header as documented: other readers depend on it. */
static void test_header(void **state)
{
	unsigned char header[FRAME_BYTES];
	static const unsigned char expected[] = {
	    0x8e, 'v',  'm',  'c',  'o', 'n', 'f', 'i',
	    'g',  ' ',  'f',  'r',  'a', 'm', 'e', 0, /* magic */
	    1,    0,    0,    0,    64,  0,   0,   0,
	    9,    0,    0,    0,    0,   0,   0,   0, /* numbers */
	    0x83, 0x92, 0x06, 0xe3,                   /* CRC */
	};

	(void)state;
	frame_encode(header, FRAME_BYTES, "123456789", 9);
	assert_memory_equal(header, expected, sizeof(expected));
}

/* No bit of the header may change unnoticed. */
static void test_header_bits(void **state)
{
	unsigned char header[FRAME_BYTES];
	struct frame frame;

	(void)state;
	for (size_t bit = 0; bit < 40 * 8; bit++) {
		frame_encode(header, FRAME_BYTES, "x", 1);
		assert_int_equal(frame_find(header, sizeof(header), &frame), 0);
		header[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_int_equal(frame_find(header, sizeof(header), &frame),
		                 bit < 128 ? -ENODATA : -EBADMSG);
	}
	assert_int_equal(frame_find(header, FRAME_BYTES - 1, &frame), -ENODATA);
}

/* Each form but ext4, cut short anywhere in its first sectors: an error or no disk, never a config.
 */
static void test_truncated(void **state)
{
	_cleanup_free_ char *text = text_of(3000);

	(void)state;
	for (size_t f = 1; f < ARRAY_SIZE(forms); f++) {
		struct disk_image image;

		assert_int_equal(disk_make(forms[f], text, 3000, &image), 0);
		for (size_t size = 0; size < 3000; size += 61) {
			char *json = NULL;
			size_t length;

			put("disk", image.bytes, size);
			assert_int_not_equal(disk_read("disk", &json, &length), 0);
			assert_null(json);
		}
		free(image.bytes);
	}
}

static void test_damaged(void **state)
{
	static const enum disk_form framed[] = {DISK_RAW, DISK_SQUASHFS};

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(framed); f++) {
		_cleanup_free_ char *text = text_of(3000), *json = NULL;
		struct disk_image image;
		size_t length;

		assert_int_equal(disk_make(framed[f], text, 3000, &image), 0);
		image.bytes[2000] ^= 1;
		put("disk", image.bytes, image.size);
		assert_int_equal(disk_read("disk", &json, &length), -EINVAL);
		free(image.bytes);
	}
}

static void test_names(void **state)
{
	enum disk_form form = DISK_EXT4;

	(void)state;
	assert_int_equal(disk_form_parse("squashfs", &form), 0);
	assert_int_equal(form, DISK_SQUASHFS);
	assert_int_equal(disk_form_parse("ext4", &form), 0);
	assert_int_equal(form, DISK_EXT4);
	assert_int_equal(disk_form_parse("iso9660", &form), -EINVAL);
	assert_int_equal(disk_form_parse("", &form), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_round_trip, scratch_enter, scratch_leave),
	    cmocka_unit_test(test_small),
	    cmocka_unit_test(test_header),
	    cmocka_unit_test(test_header_bits),
	    cmocka_unit_test_setup_teardown(test_truncated, scratch_enter, scratch_leave),
	    cmocka_unit_test_setup_teardown(test_damaged, scratch_enter, scratch_leave),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
