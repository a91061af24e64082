/* SPDX-License-Identifier: MIT */
/* Image layouts: which image is meant, and what is wrong with one that was made badly or with
 * intent. */
#include "scratch_test.h"

#include "cleanup.h"
#include "digest.h"
#include "oci_index.h"
#include "oci_layout.h"

#define INDEX_TYPE    "application/vnd.oci.image.index.v1+json"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define CONFIG_TYPE   "application/vnd.oci.image.config.v1+json"
#define DOCKER        "application/vnd.docker."

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

#define VERSION_TEXT "{'imageLayoutVersion':'1.0.0'}"

/* Texts are written with ' for ", and formatted into rotating buffers. */
static const char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *text_of(const char *format, ...)
{
	static char buffers[64][8192];
	static unsigned next;
	char *text = buffers[next++ % 64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(buffers[0]), format, args);
	va_end(args);
	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	return text;
}

static const char *digest_of(const void *data, size_t length)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_BYTES * 2 + 1];

	digest_sha256(data, length, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + i * 2, 3, "%02x", digest[i]);
	return text_of("sha256:%s", hex);
}

static const char *blob_path(const char *digest)
{
	return text_of("layout/blobs/sha256/%s", digest + strlen("sha256:"));
}

/* Store a blob; @more are further members of the descriptor that comes back, or "". */
static const char *put_blob(const char *type, const char *content, const char *more)
{
	const char *digest = digest_of(content, strlen(content));

	put_file(blob_path(digest), content, strlen(content));
	return text_of("{'mediaType':'%s','digest':'%s','size':%zu%s%s}", type, digest,
	               strlen(content), *more ? "," : "", more);
}

static const char *put_manifest(const char *config, const char *more)
{
	const char *c = put_blob(CONFIG_TYPE, config, "");

	return put_blob(MANIFEST_TYPE, text_of("{'schemaVersion':2,'config':%s,'layers':[]}", c),
	                more);
}

static void put_index(const char *manifests)
{
	const char *text = text_of("{'schemaVersion':2,'manifests':[%s]}", manifests);

	put_file("layout/index.json", text, strlen(text));
}

static const char *ref(const char *name)
{
	return text_of("'annotations':{'org.opencontainers.image.ref.name':'%s'}", name);
}

/* This machine, or another one. */
static const char *platform(bool ours)
{
	const char *architecture = oci_machine()->architecture;

	if (!ours)
		architecture = strcmp(architecture, "s390x") == 0 ? "amd64" : "s390x";
	return text_of("'platform':{'os':'linux','architecture':'%s'}", architecture);
}

static int set_up(void **state)
{
	if (scratch_enter(state) || mkdir("layout", 0755) || mkdir("layout/blobs", 0755) ||
	    mkdir("layout/blobs/sha256", 0755))
		return -1;
	put_file("layout/oci-layout", text_of(VERSION_TEXT), strlen(VERSION_TEXT));
	return 0;
}

#define layout_test(f) cmocka_unit_test_setup_teardown(f, set_up, scratch_leave)

static void assert_image(const char *spec, const char *expected)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *name = NULL, *pinned = NULL;
	size_t length;

	assert_int_equal(layout_read_config(spec, &text, &length, &name, &pinned), 0);
	assert_string_equal(text, expected);
	assert_int_equal(length, strlen(expected));
	assert_non_null(strstr(name, "/blobs/sha"));
}

/* @part: what the line on standard error has somewhere */
static void assert_error(const char *spec, const char *part)
{
	_cleanup_free_ char *pinned = NULL;
	char *text = NULL, *name = NULL;
	const char *said;
	size_t length;
	int r;

	stderr_begin();
	r = layout_read_config(spec, &text, &length, &name, &pinned);
	said = stderr_said();
	assert_true(r < 0);
	assert_null(text);
	assert_null(name);
	if (!strstr(said, part))
		fail_msg("'%s' is not in: %s", part, said);
}

static void test_one_image(void **state)
{
	(void)state;
	put_index(put_manifest("{}", ""));
	assert_image("layout", "{}");
	assert_image("./layout/", "{}");
	assert_error("layout:v1", "layout/index.json: /manifests: there is no image 'v1', only: "
	                          "'sha256:");
}

static void test_reference(void **state)
{
	(void)state;
	put_index(text_of("%s,%s", put_manifest("{\"a\":1}", ref("v1")),
	                  put_manifest("{\"a\":2}", ref("host/name:v2"))));
	assert_image("layout:v1", "{\"a\":1}");
	assert_image("layout:host/name:v2", "{\"a\":2}");
	assert_error("layout",
	             "layout/index.json: /manifests: there is more than one image; choose "
	             "with layout:REF, REF one of: 'v1', 'host/name:v2'");
	assert_error("layout:v", "there is no image 'v', only: 'v1', 'host/name:v2'");
	assert_error("layout:V1", "there is no image 'V1'");
	assert_error("layout:", "'layout:': a reference is missing after ':'");
}

static void test_one_image_two_names(void **state)
{
	(void)state;
	put_index(text_of("%s,%s", put_manifest("{}", ref("v1")), put_manifest("{}", ref("new"))));
	assert_image("layout", "{}");
	assert_image("layout:new", "{}");
}

static void test_colon_in_path(void **state)
{
	(void)state;
	put_index(put_manifest("{}", ref("v:1")));
	assert_int_equal(rename("layout", "lay:out"), 0);
	assert_image("lay:out", "{}");
	assert_image("lay:out:v:1", "{}");
	assert_error("lay:nothing", "cannot open 'lay': No such file or directory");
	/* The longest directory wins. */
	assert_int_equal(mkdir("lay:out:v", 0755), 0);
	assert_error("lay:out:v:1", "'lay:out:v' is not an OCI image layout");
}

static void test_digest_as_reference(void **state)
{
	const char *one, *digest;

	(void)state;
	one = put_manifest("{\"a\":1}", platform(false));
	digest = text_of("layout:%.71s", strstr(one, "sha256:"));
	put_index(text_of("%s,%s", one, put_manifest("{\"a\":2}", platform(true))));
	assert_image("layout", "{\"a\":2}");
	/* Whoever names a digest has chosen, for whichever machine. */
	assert_image(digest, "{\"a\":1}");
}

static void test_platforms(void **state)
{
	const char *index;

	(void)state;
	index = text_of(
	    "{'schemaVersion':2,'manifests':[%s,%s,%s]}",
	    put_manifest("{\"a\":1}", platform(false)),
	    put_manifest("{\"a\":2}", "'platform':{'os':'unknown','architecture':'unknown'}"),
	    put_manifest("{\"a\":3}", platform(true)));
	put_index(put_blob(INDEX_TYPE, index, ref("v1")));
	assert_image("layout", "{\"a\":3}");
	assert_image("layout:v1", "{\"a\":3}");
	put_index(put_blob(DOCKER "distribution.manifest.list.v2+json", index, ""));
	assert_image("layout", "{\"a\":3}");
}

static void test_no_platform(void **state)
{
	const char *manifest;

	(void)state;
	manifest = put_manifest("{}", text_of("%s,%s", platform(false), ref("v1")));
	put_index(manifest);
	assert_error("layout", "/manifests: there is no image for 'linux/");
	assert_error("layout:v1", "layout:v1: there is no image for 'linux/");
	put_index(
	    put_blob(INDEX_TYPE, text_of("{'schemaVersion':2,'manifests':[%s]}", manifest), ""));
	assert_error("layout", strcmp(oci_machine()->architecture, "s390x") == 0
	                           ? "only for: 'linux/amd64'"
	                           : "only for: 'linux/s390x'");
}

static void test_empty_index(void **state)
{
	(void)state;
	put_index("");
	assert_error("layout", "layout/index.json: /manifests: there is no image");
	put_index(put_blob(INDEX_TYPE, "{\"schemaVersion\":2}", ""));
	assert_error("layout", "layout: there is no image for 'linux/");
}

static void test_docker_types(void **state)
{
	const char *config, *manifest;

	(void)state;
	config = put_blob(DOCKER "container.image.v1+json", "{}", "");
	manifest = text_of("{'schemaVersion':2,'mediaType':'" DOCKER
	                   "distribution.manifest.v2+json','config':%s}",
	                   config);
	put_index(put_blob(DOCKER "distribution.manifest.v2+json", manifest, ""));
	assert_image("layout", "{}");
}

/* Signatures, attestations and what is yet to be invented lie beside images. */
static void test_other_content(void **state)
{
	(void)state;
	put_index(text_of("%s,%s,%s", put_blob("application/vnd.example+json", "[1]", ""),
	                  put_manifest("{\"a\":1}", "'artifactType':'application/vnd.example'"),
	                  put_manifest("{\"a\":2}", "'futureMember':{'x':[null]}")));
	assert_image("layout", "{\"a\":2}");
	put_index(put_blob("application/vnd.example+json", "[1]", ref("v1")));
	assert_error("layout:v1", "/manifests: there is no image");
}

/* What the name alone gave is found again by its digest, whatever is missing beside it. */
static void test_missing_artifacts(void **state)
{
	static const char artifacts[] = "{'mediaType':'" INDEX_TYPE "','digest':'sha256:" ZEROS
	                                "','size':1,'artifactType':'application/vnd.example'}";
	const char *manifest, *nested;
	char spec[128];

	(void)state;
	manifest = put_manifest("{}", "");
	snprintf(spec, sizeof(spec), "layout@%.71s", strstr(manifest, "sha256:"));
	nested =
	    put_blob(INDEX_TYPE,
	             text_of("{'schemaVersion':2,'manifests':[%s,%s]}", artifacts, manifest), "");
	put_index(text_of("%s,%s", artifacts, nested));
	assert_image("layout", "{}");
	assert_image(spec, "{}");
}

static void test_no_image_config(void **state)
{
	const char *config = put_blob("application/vnd.example+json", "{}", "");

	(void)state;
	put_index(put_blob(MANIFEST_TYPE, text_of("{'schemaVersion':2,'config':%s}", config), ""));
	assert_error("layout",
	             ": /config/mediaType: 'application/vnd.example+json' is not the config "
	             "of an image");
	put_index(put_blob(
	    MANIFEST_TYPE,
	    text_of("{'schemaVersion':2,'mediaType':'" INDEX_TYPE "','config':%s}", config), ""));
	assert_error("layout", ": /mediaType: '" INDEX_TYPE "' is not an image manifest");
}

static void test_layout_file(void **state)
{
	const char *other = "{\"imageLayoutVersion\":\"2.0.0\"}";

	(void)state;
	put_index(put_manifest("{}", ""));
	put_file("layout/oci-layout", other, strlen(other));
	assert_error("layout", "layout/oci-layout: /imageLayoutVersion: '2.0.0' is not known, only "
	                       "'1.0.0'");
	put_file("layout/oci-layout", "{}", 2);
	assert_error("layout", "layout/oci-layout:1:1: 'imageLayoutVersion' is missing");
	put_file("layout/oci-layout", "", 0);
	assert_error("layout", "layout/oci-layout:1:1: a value is missing");
	assert_int_equal(unlink("layout/oci-layout"), 0);
	assert_error("layout", "'layout' is not an OCI image layout: it has no file 'oci-layout'");
	put_file("image.tar", "", 0);
	assert_error("image.tar:v1", "'image.tar' is not a directory; an image archive has to be "
	                             "unpacked first");
}

static void test_bad_index(void **state)
{
	(void)state;
	assert_error("layout", "cannot open 'layout/index.json': No such file or directory");
	put_file("layout/index.json", "{\n\"schemaVersion\":2,}", 20);
	assert_error("layout", "layout/index.json:2:19: a member name in quotes is missing");
	put_file("layout/index.json", "[]", 2);
	assert_error("layout", "layout/index.json:1:1: is an array, must be an object");
	put_file("layout/index.json", "{\"schemaVersion\":1}", 19);
	assert_error("layout", "layout/index.json: /schemaVersion: '1' is not within 2..2");
	put_index("{'mediaType':'x/y','digest':'a:y'}");
	assert_error("layout", "layout/index.json: /manifests/0: 'size' is missing");
	put_index("{'mediaType':'x/y','digest':7,'size':1}");
	assert_error("layout",
	             "layout/index.json: /manifests/0/digest: is a number, must be a string");
	put_index("{'mediaType':'x/y','digest':'a:y','size':-1}");
	assert_error("layout", "layout/index.json: /manifests/0/size: '-1' is not within 0..");
	put_index("{'mediaType':'x/y','digest':'a:y','size':1e3}");
	assert_error("layout", "layout/index.json: /manifests/0/size: '1e3' is not an integer");
}

static void put_descriptor(const char *digest, const char *size)
{
	put_index(
	    text_of("{'mediaType':'" MANIFEST_TYPE "','digest':'%s','size':%s}", digest, size));
}

static void test_digests(void **state)
{
	static const char *const bad[] = {
	    "sha256:",
	    "sha256:00",
	    "sha256:" ZEROS "0",
	    "sha256:../../../../../../../../../../../../../../../../../../../etc/passwd",
	    "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "SHA256:" ZEROS,
	    "md5:d41d8cd98f00b204e9800998ecf8427e",
	    "../../etc/passwd",
	    "sha512:" ZEROS,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char message[256];

		snprintf(message, sizeof(message),
		         "layout/index.json: /manifests/0/digest: '%s' is neither", bad[i]);
		put_descriptor(bad[i], "1");
		assert_error("layout", message);
	}
	put_descriptor("sha256:" ZEROS, "1");
	assert_error("layout", "cannot open 'layout/blobs/sha256/" ZEROS "'");
}

static void test_sha512(void **state)
{
	/* of "{}" */
	static const char hex[] =
	    "27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9"
	    "a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd";
	const char *config;

	(void)state;
	assert_int_equal(mkdir("layout/blobs/sha512", 0755), 0);
	put_file(text_of("layout/blobs/sha512/%s", hex), "{}", 2);
	config = text_of("{'mediaType':'" CONFIG_TYPE "','digest':'sha512:%s','size':2}", hex);
	put_index(put_blob(MANIFEST_TYPE, text_of("{'schemaVersion':2,'config':%s}", config), ""));
	assert_image("layout", "{}");
}

static void test_other_blob(void **state)
{
	const char *config = "{\"a\":1}";
	const char *path = blob_path(digest_of(config, strlen(config)));

	(void)state;
	put_index(put_manifest(config, ""));
	put_file(path, "{\"a\":2}", 7);
	assert_error("layout", ": /config/digest: 'layout/blobs/sha256/");
	assert_error("layout", "has other content, its digest differs");
	put_file(path, "{\"a\":1}\n", 8);
	assert_error("layout", ": /config/size: is 7, but 'layout/blobs/sha256/");
	assert_error("layout", "' has 8 bytes");
	assert_int_equal(truncate(path, (4 << 20) + 1), 0);
	assert_error("layout", "' is larger than 4194304 bytes (MAX_OCI_DOCUMENT)");
	assert_int_equal(unlink(path), 0);
	assert_error("layout", "cannot open 'layout/blobs/sha256/");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_error("layout", "' is not a regular file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_error("layout", "' is a symbolic link, or behind one, which is not followed");
	put_descriptor("sha256:" ZEROS, "4194305");
	assert_error("layout",
	             "layout/index.json: /manifests/0/size: '4194305' is more than 4194304 "
	             "(MAX_OCI_DOCUMENT)");
}

/* Nor does a directory lead out of the layout. */
static void test_directories(void **state)
{
	(void)state;
	put_index(put_manifest("{}", ""));
	assert_image("layout", "{}");
	assert_int_equal(rename("layout/blobs", "elsewhere"), 0);
	assert_int_equal(symlink("../elsewhere", "layout/blobs"), 0);
	assert_error("layout", "' is a symbolic link, or behind one, which is not followed");
	assert_int_equal(unlink("layout/blobs"), 0);
	assert_int_equal(rename("elsewhere", "layout/blobs"), 0);
	assert_int_equal(rename("layout/blobs/sha256", "layout/blobs/other"), 0);
	assert_int_equal(symlink("other", "layout/blobs/sha256"), 0);
	assert_error("layout", "' is a symbolic link, or behind one, which is not followed");
	/* The layout itself is what the user names. */
	assert_int_equal(unlink("layout/blobs/sha256"), 0);
	assert_int_equal(rename("layout/blobs/other", "layout/blobs/sha256"), 0);
	assert_int_equal(symlink("layout", "link"), 0);
	assert_image("link", "{}");
}

/* A file that grows while it is read is read no further than it was when it was looked at. */
static void test_digest_of_growing_file(void **state)
{
	static const char text[] = "0123456789";
	const struct digest_algorithm *algorithm;
	_cleanup_fd_ int fd = -1, endless = -1;
	const char *hex;

	(void)state;
	algorithm = digest_parse(digest_of(text, 5), &hex);
	put_file("file", text, 10);
	fd = open("file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(digest_file_matches(algorithm, hex, fd, 5), 1);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 5);
	assert_int_equal(digest_file_matches(algorithm, hex, fd, 10), 0);
	endless = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(digest_file_matches(algorithm, hex, endless, 100000), 0);
}

static void test_index_files(void **state)
{
	(void)state;
	put_file("index", "{}", 2);
	assert_int_equal(symlink("../index", "layout/index.json"), 0);
	assert_error(
	    "layout",
	    "'layout/index.json' is a symbolic link, or behind one, which is not followed");
	assert_int_equal(unlink("layout/index.json"), 0);
	assert_int_equal(mkfifo("layout/index.json", 0600), 0);
	assert_error("layout", "'layout/index.json' is not a regular file");
	assert_int_equal(unlink("layout/index.json"), 0);
	assert_int_equal(mkdir("layout/index.json", 0755), 0);
	assert_error("layout", "'layout/index.json' is not a regular file");
}

/* @width entries in each of @depth indexes, all for the next one; the last has a manifest. */
static void put_nested(unsigned depth, unsigned width)
{
	char entry[512];

	snprintf(entry, sizeof(entry), "%s", put_manifest("{}", ""));
	for (unsigned i = 0; i < depth; i++) {
		char list[8000] = "";

		for (unsigned k = 0; k < width; k++)
			snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			         k ? "," : "", entry);
		snprintf(entry, sizeof(entry), "%s",
		         put_blob(INDEX_TYPE, text_of("{'schemaVersion':2,'manifests':[%s]}", list),
		                  ""));
	}
	put_index(entry);
}

static void test_nesting(void **state)
{
	(void)state;
	put_nested(4, 1);
	assert_image("layout", "{}");
	put_nested(5, 1);
	assert_error("layout",
	             ": /manifests/0: an index within more than 4 others (MAX_INDEX_DEPTH)");
	put_nested(4, 30);
	assert_error("layout", "more than 256 indexes to look through (MAX_LAYOUT_DOCUMENTS)");
}

/* A large index that many entries lead to is read as often, within a limit. */
static void test_large_shared_index(void **state)
{
	enum { SIZE = 2 << 20 };
	static char leaf[SIZE] = "{\"schemaVersion\":2,\"manifests\":[]}";
	const char *entry;

	(void)state;
	memset(leaf + strlen(leaf), ' ', SIZE - 1 - strlen(leaf));
	entry = put_blob(INDEX_TYPE, leaf, ref("v1"));
	put_index(text_of("%s,%s,%s,%s,%s,%s,%s,%s,%s,%s", entry, entry, entry, entry, entry, entry,
	                  entry, entry, entry, entry));
	assert_error("layout:v1", "bytes of indexes to look through (MAX_LAYOUT_BYTES)");
}

/* To compare each of very many names with all would take long: some are listed. */
static void test_many_references(void **state)
{
	char entries[8000] = "";
	size_t length = 0;

	(void)state;
	for (int i = 0; i < 30; i++)
		length += (size_t)snprintf(entries + length, sizeof(entries) - length,
		                           "%s{'mediaType':'%s','digest':'x:%d','size':1}",
		                           i ? "," : "", MANIFEST_TYPE, i);
	put_index(entries);
	assert_error("layout:v1", "there is no image 'v1', only: 'x:0', 'x:1', ");
	assert_error("layout:v1", ", 'x:19' and more");
}

static int rank(const char *architecture, const char *variant, const char *ours,
                const char *our_variant)
{
	char linux_name[] = "linux", a[16], v[16], b[16], w[16];
	struct oci_platform offer = {linux_name, a, variant ? v : NULL};
	struct oci_platform machine = {linux_name, b, our_variant ? w : NULL};

	snprintf(a, sizeof(a), "%s", architecture);
	snprintf(v, sizeof(v), "%s", variant ? variant : "");
	snprintf(b, sizeof(b), "%s", ours);
	snprintf(w, sizeof(w), "%s", our_variant ? our_variant : "");
	return oci_platform_rank(&offer, &machine);
}

static void test_ranks(void **state)
{
	const struct oci_platform nothing = {0};

	(void)state;
	assert_int_equal(oci_platform_rank(NULL, oci_machine()), 1);
	assert_int_equal(oci_platform_rank(&nothing, oci_machine()), 1);
	assert_int_equal(rank("arm64", NULL, "amd64", "v1"), 0);
	assert_int_equal(rank("arm", "v8", "arm", "v7"), 0);
	assert_int_equal(rank("riscv64", "v2", "riscv64", NULL), 0);
	assert_true(rank("arm", "v7", "arm", "v7") > rank("arm", "v6", "arm", "v7"));
	assert_true(rank("arm", "v6", "arm", "v7") > rank("arm", NULL, "arm", "v7"));
	assert_true(rank("amd64", NULL, "amd64", "v1") > rank("amd64", "v3", "amd64", "v1"));
	assert_true(rank("amd64", "v3", "amd64", "v1") > 1);
	assert_true(rank("arm64", "v8", "arm64", "v8") > 1);
	assert_true(rank("arm64", NULL, "arm64", "v8") > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    layout_test(test_one_image),
	    layout_test(test_reference),
	    layout_test(test_one_image_two_names),
	    layout_test(test_colon_in_path),
	    layout_test(test_digest_as_reference),
	    layout_test(test_platforms),
	    layout_test(test_no_platform),
	    layout_test(test_empty_index),
	    layout_test(test_docker_types),
	    layout_test(test_other_content),
	    layout_test(test_missing_artifacts),
	    layout_test(test_no_image_config),
	    layout_test(test_layout_file),
	    layout_test(test_bad_index),
	    layout_test(test_digests),
	    layout_test(test_sha512),
	    layout_test(test_other_blob),
	    layout_test(test_directories),
	    layout_test(test_digest_of_growing_file),
	    layout_test(test_index_files),
	    layout_test(test_nesting),
	    layout_test(test_large_shared_index),
	    layout_test(test_many_references),
	    cmocka_unit_test(test_ranks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
