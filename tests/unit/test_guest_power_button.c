/* SPDX-License-Identifier: MIT */
/* The kernel's message about a pressed power button, told from others and from forgeries. */
#include "guest_test.h"

#include <linux/genetlink.h>
#include <sys/socket.h>

#include "netlink.h"
#include "power_button.h"

/* struct acpi_genl_event of drivers/acpi/event.c. */
struct acpi_event {
	char device_class[20];
	char bus_id[15];
	uint32_t type;
	uint32_t data;
};

static struct netlink_message message(uint16_t type, uint16_t attribute, const char *class,
                                      size_t size)
{
	const struct genlmsghdr body = {.cmd = 1, .version = 1};
	struct acpi_event event = {.bus_id = "LNXPWRBN:00", .type = 0x80, .data = 1};
	struct netlink_message m;

	memcpy(event.device_class, class, strlen(class));
	netlink_begin(&m, type, 0, &body, sizeof(body));
	netlink_add(&m, attribute, &event, size);
	return m;
}

static void assert_button(bool pressed, const struct netlink_message *m)
{
	/* On the heap and no longer than it says: reading further is seen by the sanitizer. */
	char *copy = malloc(m->header.nlmsg_len);

	assert_non_null(copy);
	memcpy(copy, m, m->header.nlmsg_len);
	assert_int_equal(power_button_in(copy, m->header.nlmsg_len), pressed);
	for (size_t length = 0; length < m->header.nlmsg_len; length++)
		assert_false(power_button_in(copy, length));
	free(copy);
}

static void test_the_power_button_and_no_other(void **state)
{
	struct netlink_message m;

	(void)state;
	m = message(30, 1, "button/power", sizeof(struct acpi_event));
	assert_button(true, &m);
	m = message(30, 1, "button/sleep", sizeof(struct acpi_event));
	assert_button(false, &m);
	m = message(30, 1, "button/powers", sizeof(struct acpi_event));
	assert_button(false, &m);
	m = message(30, 2, "button/power", sizeof(struct acpi_event));
	assert_button(false, &m);
	m = message(NLMSG_DONE, 1, "button/power", sizeof(struct acpi_event));
	assert_button(false, &m);
	m = message(30, 1, "button/power", 13);
	assert_button(false, &m);
}

static void test_a_message_behind_another_is_seen(void **state)
{
	struct netlink_message both[2];
	char bytes[sizeof(both)] __attribute__((aligned(4)));
	size_t length = 0;

	(void)state;
	both[0] = message(30, 1, "processor", sizeof(struct acpi_event));
	both[1] = message(30, 1, "button/power", sizeof(struct acpi_event));
	for (int i = 0; i < 2; i++) {
		memcpy(bytes + length, &both[i], both[i].header.nlmsg_len);
		length += NLMSG_ALIGN(both[i].header.nlmsg_len);
	}
	assert_true(power_button_in(bytes, length));
}

static void test_what_a_process_sends_is_no_button(void **state)
{
	struct netlink_message m = message(30, 1, "button/power", sizeof(struct acpi_event));
	int to = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	int from = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	struct sockaddr_nl address = {.nl_family = AF_NETLINK};
	socklen_t length = sizeof(address);

	(void)state;
	if (to < 0 || from < 0 || bind(to, (struct sockaddr *)&address, length) < 0)
		skip();
	assert_int_equal(getsockname(to, (struct sockaddr *)&address, &length), 0);
	if (sendto(from, &m, m.header.nlmsg_len, 0, (struct sockaddr *)&address, length) < 0)
		skip();
	assert_false(power_button_pressed(to));
	assert_false(power_button_pressed(to));
	assert_false(power_button_pressed(-1));
	close(to);
	close(from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_power_button_and_no_other),
	    cmocka_unit_test(test_a_message_behind_another_is_seen),
	    cmocka_unit_test(test_what_a_process_sends_is_no_button),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
