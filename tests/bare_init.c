/* SPDX-License-Identifier: MIT */
/*
 * What init is measured against: the system calls that a guest like the
 * bench's needs, in the same order, with nothing around them. No device is
 * looked for, no filesystem recognised, no user looked up; nothing is checked,
 * watched over or reported, and no error is handled: the first one ends the boot.
 *
 * /dev/vda is the root below a tmpfs, /dev/vdb the config disk, eth0 the NIC.
 * The times go to the report port as init writes them.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <net/if.h>
#include <net/route.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(call) check((long)(call), #call)

static long check(long result, const char *call)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "bare_init: %s: %m\n", call);
	reboot(RB_POWER_OFF);
	exit(EXIT_FAILURE);
}

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void early_mounts(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mkdir("/run", 0755);
	CHECK(mount("proc", "/proc", "proc", 0, NULL));
	CHECK(mount("sysfs", "/sys", "sysfs", 0, NULL));
	CHECK(mount("devtmpfs", "/dev", "devtmpfs", 0, NULL));
	mkdir("/dev/pts", 0755);
	mkdir("/dev/shm", 0755);
	mkdir("/dev/mqueue", 0755);
	CHECK(mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=0666"));
	CHECK(mount("tmpfs", "/dev/shm", "tmpfs", 0, NULL));
	CHECK(mount("mqueue", "/dev/mqueue", "mqueue", 0, NULL));
	CHECK(mount("tmpfs", "/run", "tmpfs", 0, NULL));
	CHECK(mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL));
}

static void load_modules(void)
{
	FILE *list = fopen("/modules", "re");
	char line[256];

	while (list && fgets(line, sizeof(line), list)) {
		char *parameters = line + strcspn(line, " \n");
		int fd;

		if (*parameters)
			*parameters++ = '\0';
		fd = (int)CHECK(open(line, O_RDONLY | O_CLOEXEC));
		CHECK(syscall(SYS_finit_module, fd, parameters, 0));
		close(fd);
	}
	if (list)
		fclose(list);
}

static void write_file(const char *path, const char *text)
{
	int fd = (int)CHECK(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));

	CHECK(write(fd, text, strlen(text)));
	close(fd);
}

/* As init does, so that the workload finds no node to read it from. */
static void unbind_config(void)
{
	char name[128];
	ssize_t n = CHECK(readlink("/sys/block/vdb/device", name, sizeof(name) - 1));

	name[n] = '\0';
	write_file("/sys/block/vdb/device/driver/unbind", strrchr(name, '/') + 1);
}

static void read_config(void)
{
	static char text[65536];
	int fd;

	mkdir("/config", 0700);
	CHECK(mount("/dev/vdb", "/config", "ext4", MS_RDONLY, "noload"));
	fd = (int)CHECK(open("/config/config.json", O_RDONLY | O_CLOEXEC));
	CHECK(read(fd, text, sizeof(text)));
	close(fd);
	CHECK(umount("/config"));
	unbind_config();
}

static void mount_root(void)
{
	mkdir("/lower", 0755);
	mkdir("/upper", 0755);
	mkdir("/root", 0755);
	CHECK(mount("/dev/vda", "/lower", "ext4", MS_RDONLY, "noload"));
	CHECK(mount("tmpfs", "/upper", "tmpfs", 0, NULL));
	mkdir("/upper/upper", 0755);
	mkdir("/upper/work", 0755);
	CHECK(mount("overlay", "/root", "overlay", 0,
	            "lowerdir=/lower,upperdir=/upper/upper,workdir=/upper/work"));
	CHECK(umount2("/lower", MNT_DETACH));
	CHECK(umount2("/upper", MNT_DETACH));
}

static void name_machine(void)
{
	CHECK(sethostname("bench", 5));
	write_file("/root/etc/hostname", "bench\n");
	write_file("/root/etc/hosts", "127.0.0.1 localhost\n10.0.2.15 bench\n");
	write_file("/root/etc/resolv.conf", "nameserver 10.0.2.3\n");
}

static void set_flags(int fd, const char *name)
{
	struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	CHECK(ioctl(fd, SIOCSIFFLAGS, &request));
}

static void put_address(struct sockaddr *to, const char *address)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(address)};

	memcpy(to, &in, sizeof(in));
}

static void bring_up_network(void)
{
	int fd = (int)CHECK(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	struct ifreq request = {.ifr_name = "eth0"};
	struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};

	set_flags(fd, "lo");
	put_address(&request.ifr_addr, "10.0.2.15");
	CHECK(ioctl(fd, SIOCSIFADDR, &request));
	put_address(&request.ifr_addr, "255.255.255.0");
	CHECK(ioctl(fd, SIOCSIFNETMASK, &request));
	set_flags(fd, "eth0");
	put_address(&route.rt_gateway, "10.0.2.2");
	put_address(&route.rt_dst, "0.0.0.0");
	put_address(&route.rt_genmask, "0.0.0.0");
	CHECK(ioctl(fd, SIOCADDRT, &route));
	close(fd);
}

static void switch_root(void)
{
	static const char *const kept[] = {"/proc", "/sys", "/dev", "/run"};
	char target[32];

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		snprintf(target, sizeof(target), "/root%s", kept[i]);
		mkdir(target, 0755);
		CHECK(mount(kept[i], target, NULL, MS_MOVE, NULL));
	}
	CHECK(chdir("/root"));
	CHECK(mount(".", "/", NULL, MS_MOVE, NULL));
	CHECK(chroot("."));
}

/* Tells afterwards whether the kernel ran out of memory, and keeps some for init. */
static int make_cgroup(void)
{
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	CHECK(mkdir("/sys/fs/cgroup/workload", 0755));
	write_file("/sys/fs/cgroup/workload/memory.max", "200M");
	return (int)CHECK(open("/sys/fs/cgroup/workload", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void start_workload(void)
{
	struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD};
	int started[2];
	char none;

	args.cgroup = (uint64_t)make_cgroup();
	CHECK(pipe2(started, O_CLOEXEC));
	if (CHECK(syscall(SYS_clone3, &args, sizeof(args))) == 0) {
		setsid();
		execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
	close(started[1]);
	CHECK(read(started[0], &none, 1)); /* ends when exec closes it */
	close(started[0]);
}

/* The phases of init, those that do nothing here left out. */
static const struct {
	const char *name;
	void (*run)(void);
} phases[] = {
    {"early mounts", early_mounts}, {"modules", load_modules},    {"config disk", read_config},
    {"root", mount_root},           {"machine", name_machine},    {"network", bring_up_network},
    {"switch root", switch_root},   {"workload", start_workload},
};

#define PHASES (sizeof(phases) / sizeof(*phases))

int main(void)
{
	long long at[PHASES + 1] = {now_us()};
	int report;

	for (size_t i = 0; i < PHASES; i++) {
		phases[i].run();
		at[i + 1] = now_us();
	}
	wait(NULL);
	report = (int)CHECK(open("/dev/vport0p1", O_WRONLY | O_CLOEXEC));
	for (size_t i = 0; i < PHASES; i++)
		dprintf(report, "{\"event\":\"phase\",\"name\":\"%s\",\"us\":%lld,\"at\":%lld}\n",
		        phases[i].name, at[i + 1] - at[i], at[i + 1]);
	dprintf(report, "{\"event\":\"started\",\"pid\":0,\"at\":%lld}\n", at[PHASES]);
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
