/* SPDX-License-Identifier: MIT */
/* OCI image configuration and its conversion. */
#include "oci_image.h"

#define OCI_READ(d, r) oci_image_read(d, r)
#include "oci_test.h"

#define DEFAULT_PATH  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define PLATFORM      "'os':'linux','architecture':'amd64'"
#define ROOTFS        "'rootfs':{'type':'layers','diff_ids':[]}"
#define IMAGE(config) "{" PLATFORM "," ROOTFS ",'config':" config "}"
#define ENV_END       "'network_enabled':false,'init_mode':'',"
#define OS                                                      \
	"'annotations':{'org.opencontainers.image.os':'linux'," \
	"'org.opencontainers.image.architecture':'amd64'"

static void assert_image(const char *text, const char *expected)
{
	struct fixture f;

	read_text(&f, text);
	if (f.d.problems.count)
		fail_msg("%s: %s", f.d.problems.items[0].pointer, f.d.problems.items[0].message);
	assert_config(&f.r.config, expected);
	release(&f);
}

static void test_config(void **state)
{
	(void)state;
	assert_image(IMAGE("{'User':'app:1000','Env':['A=1','PATH=/bin'],'Entrypoint':['/e'],"
	                   "'Cmd':['a','b c'],'WorkingDir':'/srv/../www','StopSignal':'quit'}"),
	             "{'entrypoint':['/e'],'cmd':['a','b c'],'workdir':'/www',"
	             "'env':{'A':'1','PATH':'/bin'},'user':{'gid':1000,'name':'app'},"
	             "'network_enabled':false,'init_mode':'','stop_signal':'SIGQUIT'," OS
	             ",'org.opencontainers.image.stopSignal':'quit'}}");
}

#define BARE \
	"{'entrypoint':[],'cmd':[],'workdir':'/','env':{'PATH':'" DEFAULT_PATH "'}," ENV_END OS "}}"

/* The specification's prose lets every optional field be null, its schema these only. */
static void test_optional_may_be_null(void **state)
{
	(void)state;
	assert_image(IMAGE("{}"), BARE);
	assert_image(IMAGE("{'Entrypoint':['']}"), BARE);
	assert_image(IMAGE("{'Entrypoint':null,'Cmd':null,'Labels':null,'Volumes':null,"
	                   "'OnBuild':null,'Healthcheck':null,'Memory':null,'StopTimeout':null}"),
	             BARE);
	assert_image(IMAGE("{'User':'','Env':[],'Entrypoint':[],'Cmd':[],'WorkingDir':'',"
	                   "'StopSignal':'','Labels':{},'Volumes':{},'ExposedPorts':{},"
	                   "'ArgsEscaped':true,'Memory':null}"),
	             BARE);
}

static void test_null_where_the_schema_has_none(void **state)
{
	static const char *const rows[][2] = {
	    {IMAGE("null"), "/config"},
	    {IMAGE("{'User':null}"), "/config/User"},
	    {IMAGE("{'Env':null}"), "/config/Env"},
	    {IMAGE("{'WorkingDir':null}"), "/config/WorkingDir"},
	    {IMAGE("{'StopSignal':null}"), "/config/StopSignal"},
	    {IMAGE("{'ExposedPorts':null}"), "/config/ExposedPorts"},
	    {"{" PLATFORM "," ROOTFS ",'created':null}", "/created"},
	    {"{" PLATFORM "," ROOTFS ",'os.features':null}", "/os.features"},
	    {"{" PLATFORM "," ROOTFS ",'history':null}", "/history"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		read_text(&f, rows[i][0]);
		assert_int_equal(f.d.problems.count, 1);
		assert_noted(&f.d, SEVERITY_WARNING, rows[i][1], "null, taken for absent");
		assert_config(&f.r.config, BARE);
		release(&f);
	}
}

static void test_annotations(void **state)
{
	(void)state;
	assert_image(
	    "{'os':'linux','architecture':'arm64','variant':'v8','os.version':'1','os.features':["
	    "'a','b'],'author':'me','created':'2020-01-01T00:00:00Z'," ROOTFS ","
	    "'config':{'ExposedPorts':{'80/tcp':{},'53/udp':{}},'Env':['PATH=/'],'Labels':{"
	    "'x':'','org.opencontainers.image.author':'label'}}}",
	    "{'entrypoint':[],'cmd':[],'workdir':'/','env':{'PATH':'/'}," ENV_END
	    "'annotations':{'org.opencontainers.image.os':'linux',"
	    "'org.opencontainers.image.architecture':'arm64',"
	    "'org.opencontainers.image.variant':'v8','org.opencontainers.image.os.version':'1',"
	    "'org.opencontainers.image.author':'label',"
	    "'org.opencontainers.image.created':'2020-01-01T00:00:00Z',"
	    "'org.opencontainers.image.os.features':'a,b',"
	    "'org.opencontainers.image.exposedPorts':'80/tcp,53/udp','x':''}}");
}

static void test_stop_signals(void **state)
{
	static const char *const rows[][2] = {
	    {"SIGTERM", "SIGTERM"},     {"TERM", "SIGTERM"},          {"15", "SIGTERM"},
	    {"sigint", "SIGINT"},       {"SIGRTMIN+3", "SIGRTMIN+3"}, {"37", "SIGRTMIN+3"},
	    {"RTMAX-27", "SIGRTMIN+3"}, {"SIGRTMIN", "SIGRTMIN"},     {"9", "SIGKILL"},
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		snprintf(text, sizeof(text), IMAGE("{'StopSignal':'%s'}"), rows[i][0]);
		read_text(&f, text);
		assert_int_equal(f.d.problems.count, 0);
		assert_string_equal(f.r.config.stop_signal, rows[i][1]);
		release(&f);
	}
}

static void test_wrong_values(void **state)
{
	static const struct {
		const char *text;
		const char *pointer;
		const char *message;
	} rows[] = {
	    {"{'architecture':'a','os':'windows'," ROOTFS "}", "/os",
	     "'windows' is not supported, must be linux"},
	    {"{" PLATFORM ",'rootfs':{'type':'ext4','diff_ids':[]}}", "/rootfs/type",
	     "'ext4' is not supported, must be layers"},
	    {"{'os':'linux'," ROOTFS "}", "", "'architecture' is missing"},
	    {"{'architecture':'amd64'," ROOTFS "}", "", "'os' is missing"},
	    {"{" PLATFORM "}", "", "'rootfs' is missing"},
	    {"{" PLATFORM ",'rootfs':{'diff_ids':[]}}", "/rootfs", "'type' is missing"},
	    {"{" PLATFORM ",'rootfs':{'type':'layers'}}", "/rootfs", "'diff_ids' is missing"},
	    {"{" PLATFORM "," ROOTFS ",'created':'yesterday'}", "/created",
	     "'yesterday' is no date and time as RFC 3339 has it"},
	    {"{" PLATFORM "," ROOTFS ",'history':[{},{'created':''}]}", "/history/1/created",
	     "'' is no date and time as RFC 3339 has it"},
	    {IMAGE("[]"), "/config", "is an array, must be an object"},
	    {IMAGE("{'Env':['A']}"), "/config/Env/0", "'A' is not NAME=VALUE"},
	    {IMAGE("{'Env':{'A':'B'}}"), "/config/Env", "is an object, must be an array"},
	    {IMAGE("{'Cmd':'sh'}"), "/config/Cmd", "is a string, must be an array"},
	    {IMAGE("{'Cmd':[1]}"), "/config/Cmd/0", "is a number, must be a string"},
	    {IMAGE("{'User':'a:b:c'}"), "/config/User", "'a:b:c' has more than one ':'"},
	    {IMAGE("{'User':7}"), "/config/User", "is a number, must be a string"},
	    {IMAGE("{'StopSignal':'SIGFOO'}"), "/config/StopSignal", "'SIGFOO' is no signal"},
	    {IMAGE("{'StopSignal':'65'}"), "/config/StopSignal", "'65' is no signal"},
	    {IMAGE("{'Labels':{'a':1}}"), "/config/Labels/a", "is a number, must be a string"},
	    {IMAGE("{'ExposedPorts':['80']}"), "/config/ExposedPorts",
	     "is an array, must be an object"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_noted_in(rows[i].text, SEVERITY_ERROR, rows[i].pointer, rows[i].message);
}

static void test_volumes_and_timeout(void **state)
{
	(void)state;
	assert_image(IMAGE("{'Volumes':{'/data/':{},'/srv/x':{}},'StopTimeout':3}"),
	             "{'entrypoint':[],'cmd':[],'workdir':'/','env':{'PATH':'" DEFAULT_PATH
	             "'},'network_enabled':false,'mounts':["
	             "{'destination':'/data','type':'tmpfs','source':'tmpfs','options':"
	             "['nosuid','nodev','tmpcopyup']},"
	             "{'destination':'/srv/x','type':'tmpfs','source':'tmpfs','options':"
	             "['nosuid','nodev','tmpcopyup']}],"
	             "'init_mode':'','stop_timeout':3," OS "}}");
}

static void test_warnings(void **state)
{
	(void)state;
	assert_noted_in(IMAGE("{'WorkingDir':'srv'}"), SEVERITY_WARNING, "/config/WorkingDir",
	                "'srv' is relative, '/srv' is taken");
	assert_noted_in(IMAGE("{'Volumes':{'data':{}}}"), SEVERITY_WARNING, "/config/Volumes",
	                "'data' is relative, '/data' is taken");
	assert_noted_in(IMAGE("{'Volumes':{'/.':{}}}"), SEVERITY_WARNING, "/config/Volumes",
	                "'/.' is the root, left out");
	assert_noted_in(IMAGE("{'Healthcheck':{'Test':['CMD','x']}}"), SEVERITY_WARNING,
	                "/config/Healthcheck",
	                "not applied: nothing looks whether the workload is healthy");
	assert_noted_in(IMAGE("{'Labels':{'':'x','a':'b'}}"), SEVERITY_WARNING, "/config/Labels",
	                "a label without a name is left out");
	assert_noted_in(IMAGE("{'Env':['A=1','A=2']}"), SEVERITY_WARNING, "/config/Env",
	                "'A' is set more than once, the last value stands");
}

static void test_dates(void **state)
{
	static const struct {
		const char *date;
		bool right;
	} rows[] = {
	    {"2020-02-29T23:59:59Z", true},
	    {"2020-02-29t00:00:00.123456789z", true},
	    {"2020-02-29T00:00:00-23:59", true},
	    {"2000-02-29T00:00:00Z", true},
	    {"0001-01-01T00:00:00Z", true},
	    {"2021-12-31T00:00:00Z", true},
	    {"2021-02-29T00:00:00Z", false},
	    {"1900-02-29T00:00:00Z", false},
	    {"2021-04-31T00:00:00Z", false},
	    {"2021-12-32T00:00:00Z", false},
	    {"2021-01-00T00:00:00Z", false},
	    {"2020-02-29T00:00:00", false},
	    {"2020-02-29 00:00:00Z", false},
	    {"2020-13-01T00:00:00Z", false},
	    {"2020-02-29T24:00:00Z", false},
	    {"2020-02-29T00:60:00Z", false},
	    {"2020-02-29T00:00:61Z", false},
	    {"2020-02-29T00:00:00.Z", false},
	    {"2020-02-29T00:00:00+24:00", false},
	    {"2020-02-29T00:00:00+00:60", false},
	    {"2020-02-29T00:00:00+0000", false},
	    {"2020-02-29T00:00:00ZZ", false},
	    /* A leap second comes at the end of a day of UTC. */
	    {"2016-12-31T23:59:60Z", true},
	    {"2016-12-31T23:59:60.5+00:00", true},
	    {"2016-12-31T15:59:60-08:00", true},
	    {"2017-01-01T05:29:60+05:30", true},
	    {"2016-12-31T23:58:60Z", false},
	    {"2016-12-31T12:00:60Z", false},
	    {"2016-12-31T23:59:60-08:00", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		char text[256];

		snprintf(text, sizeof(text), "{" PLATFORM "," ROOTFS ",'created':'%s'}",
		         rows[i].date);
		read_text(&f, text);
		if (f.d.problems.count != (rows[i].right ? 0 : 1))
			fail_msg("%s: %zu problems", rows[i].date, f.d.problems.count);
		release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_config),
	    cmocka_unit_test(test_optional_may_be_null),
	    cmocka_unit_test(test_annotations),
	    cmocka_unit_test(test_stop_signals),
	    cmocka_unit_test(test_wrong_values),
	    cmocka_unit_test(test_volumes_and_timeout),
	    cmocka_unit_test(test_null_where_the_schema_has_none),
	    cmocka_unit_test(test_warnings),
	    cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
