/* SPDX-License-Identifier: MIT */
/*
 * The report channel over vsock, to a host that is a socket pair: no test connects to the real one,
 * which is somebody's when this machine is a guest itself.
 */
#include "guest_test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/vm_sockets.h>

#include "account.h"
#include "contract.h"
#include "vsock.h"

static struct {
	int domain_error;  /* of socket(2), or 0 */
	int connect_error; /* of connect(2), or 0 */
	int end;           /* the host's, once there has been a socket */
	int connects;
	int looks; /* for ports */
	struct sockaddr_vm address;
} host;

/* The program's own definitions go before the library's. */
int socket(int domain, int type, int protocol)
{
	int ends[2];

	if (domain != AF_VSOCK)
		return (int)syscall(SYS_socket, domain, type, protocol);
	errno = host.domain_error;
	if (errno || socketpair(AF_UNIX, type, 0, ends) < 0)
		return -1;
	host.end = ends[1];
	return ends[0];
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
	(void)fd;
	assert_int_equal(size, sizeof(host.address));
	memcpy(&host.address, address, sizeof(host.address));
	host.connects++;
	errno = host.connect_error;
	return errno ? -1 : 0;
}

/* No port is there, nor any device. */
DIR *opendir(const char *path)
{
	host.looks += strcmp(path, "/sys/class/virtio-ports") == 0;
	errno = ENOENT;
	return NULL;
}

static struct account account;
static struct vmconfig cfg;

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	memset(&host, 0, sizeof(host));
	host.end = -1;
	memset(&cfg, 0, sizeof(cfg));
	account_init(&account);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vmconfig_release(&cfg);
	if (account.port >= 0)
		close(account.port);
	if (host.end >= 0)
		close(host.end);
	return 0;
}

static int settle(const char *report)
{
	char json[256];

	snprintf(json, sizeof(json), "{'report':%s}", report);
	config_from(&cfg, json);
	return account_settle(&account, &cfg);
}

/* What the host has been told so far. */
static const char *heard(void)
{
	static char text[4096];
	ssize_t n = recv(host.end, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void test_the_nonce_is_the_first_line(void **state)
{
	(void)state;
	assert_int_equal(settle("{'channel':'vsock','port':5000,'nonce':'c0ffee'}"), 0);
	assert_true(account.port >= 0);
	assert_int_equal(host.address.svm_family, AF_VSOCK);
	assert_int_equal(host.address.svm_cid, VMADDR_CID_HOST);
	assert_int_equal(host.address.svm_port, 5000);
	account_send(&account, &(struct report_message){.event = REPORT_STARTED, .pid = 2});
	assert_string_equal(heard(),
	                    "{\"nonce\":\"c0ffee\"}\n{\"event\":\"started\",\"pid\":2,\"at\":0}\n");
	/* As a port has it: nobody waits in a read or write, and no workload inherits it. */
	assert_true(fcntl(account.port, F_GETFL) & O_NONBLOCK);
	assert_int_equal(fcntl(account.port, F_GETFD), FD_CLOEXEC);
}

static void test_there_is_a_port_when_the_config_names_none(void **state)
{
	(void)state;
	assert_int_equal(settle("{'channel':'vsock'}"), 0);
	assert_int_equal(host.address.svm_port, VSOCK_REPORT_PORT);
	assert_string_equal(heard(), "{\"nonce\":\"\"}\n");
}

static void test_the_longest_nonce_is_whole(void **state)
{
	char report[160], nonce[65], line[160];

	(void)state;
	memset(nonce, 'a', 64);
	nonce[64] = '\0';
	snprintf(report, sizeof(report), "{'channel':'vsock','nonce':'%s'}", nonce);
	snprintf(line, sizeof(line), VSOCK_NONCE_LINE, nonce);
	assert_int_equal(settle(report), 0);
	assert_string_equal(heard(), line);
}

static void test_the_host_asks_by_it(void **state)
{
	static const char words[] = "{\"hello\":1}\n{\"stop\":true}\n";
	struct report_command c;

	(void)state;
	assert_int_equal(settle("{'channel':'vsock','nonce':'c0ffee'}"), 0);
	assert_int_equal(account_look_for_stop(&account, account.port), 0);
	assert_int_equal(write(host.end, words, strlen(words)), strlen(words));
	assert_int_equal(account_look_for_stop(&account, account.port), 1);
	assert_true(account.host_counts);
	assert_int_equal(account_receive(&account, &c), 1);
	assert_int_equal(c.request, REQUEST_STOP);
	/* It has gone, and with it all that it might still say. */
	close(host.end);
	host.end = -1;
	assert_int_equal(account_receive(&account, &c), -EPIPE);
}

/* It is not tried again and again: a host listens before its guest starts. */
static void test_a_host_that_does_not_listen(void **state)
{
	(void)state;
	host.connect_error = ECONNRESET;
	assert_int_equal(settle("{'channel':'vsock','nonce':'c0ffee'}"), -ECONNRESET);
	assert_int_equal(account_settle(&account, &cfg), -ENOENT);
	assert_int_equal(host.connects, 1);
	assert_int_equal(account.port, -1);
	/* What is said then is said on the console, behind the nonce. */
	assert_string_equal(account.nonce, "c0ffee");
	assert_true(account.no_port);
	assert_int_equal(host.looks, 0);
}

static void test_no_vsock_is_waited_for_as_a_port(void **state)
{
	const struct vsock_place place = {.port = 5000, .nonce = ""};

	(void)state;
	host.connect_error = ENODEV; /* the driver is not there, or not yet */
	assert_int_equal(vsock_open(&place), -ENOENT);
	host.domain_error = EAFNOSUPPORT;
	assert_int_equal(vsock_open(&place), -ENOENT);
	host.domain_error = EACCES;
	assert_int_equal(vsock_open(&place), -EACCES);
}

static void test_other_channels_connect_nowhere(void **state)
{
	(void)state;
	assert_int_equal(settle("{'channel':'console','port':5000,'nonce':'c0ffee'}"), 0);
	assert_int_equal(host.connects, 0);
	assert_int_equal(account.port, -1);
}

static void test_a_last_stage_finds_what_was_noted(void **state)
{
	char path[] = "/tmp/vmconfig-XXXXXX";
	int root = mkdtemp(path) ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	const struct vsock_place place = {.port = 4294967294, .nonce = "c0ffee"};
	char nonce[MAX_NONCE + 1] = "";
	struct stat st;

	(void)state;
	assert_int_equal(vsock_open_noted(root, nonce), -ENODATA);
	assert_int_equal(host.connects, 0);
	assert_int_equal(vsock_note(root, &place), 0);
	assert_int_equal(fstatat(root, "run/initramfs/vsock", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	account.port = vsock_open_noted(root, nonce);
	assert_true(account.port >= 0);
	assert_int_equal(host.address.svm_port, 4294967294);
	assert_string_equal(nonce, "c0ffee");
	assert_string_equal(heard(), "{\"nonce\":\"c0ffee\"}\n");
	/* With neither it has the console, and what tells it from the workload there. */
	close(account.port);
	account_init(&account);
	host.connect_error = ENODEV;
	account_reopen(&account, root);
	assert_true(account.port < 0);
	assert_string_equal(account.nonce, "c0ffee");
	assert_int_equal(host.looks, 0);
	assert_int_equal(unlinkat(root, "run/initramfs/vsock", 0), 0);
	account_reopen(&account, root);
	assert_int_equal(host.looks, 1);
	close(root);
	remove_tree(path);
}

#define VSOCK_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    VSOCK_TEST(test_the_nonce_is_the_first_line),
	    VSOCK_TEST(test_there_is_a_port_when_the_config_names_none),
	    VSOCK_TEST(test_the_longest_nonce_is_whole),
	    VSOCK_TEST(test_the_host_asks_by_it),
	    VSOCK_TEST(test_a_host_that_does_not_listen),
	    VSOCK_TEST(test_no_vsock_is_waited_for_as_a_port),
	    VSOCK_TEST(test_other_channels_connect_nowhere),
	    VSOCK_TEST(test_a_last_stage_finds_what_was_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
