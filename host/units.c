/* SPDX-License-Identifier: MIT */
/*
 * The units, with the names and roles that microvm.nix's host module gives
 * them. "booted" is the package that a machine was started with: all that runs
 * until its end, and what takes it down then, is taken from there. A restart
 * makes it anew, also the one that systemd does when the guest has powered off.
 *
 * A line with "+" runs outside the sandbox, as root. Words given to a shell are
 * constants; the machine's name reaches it only as the working directory.
 */
#include "units.h"

#define UNIT_DIR "/etc/systemd/system/"
#define STATE    MICROVM_STATE "/%i"

/* Of the unit that sets the scene and of those that need it. */
#define PART_OF                       \
	"PartOf=microvm@%i.service\n" \
	"Before=microvm@%i.service\n"

#define AFTER_BOOTED                               \
	"Requires=microvm-set-booted@%i.service\n" \
	"After=microvm-set-booted@%i.service\n"

/* What no helper of a machine needs. */
#define NO_KERNEL                      \
	"ProtectKernelLogs=yes\n"      \
	"ProtectControlGroups=yes\n"   \
	"ProtectClock=yes\n"           \
	"ProtectHostname=yes\n"        \
	"RestrictRealtime=yes\n"       \
	"RestrictSUIDSGID=yes\n"       \
	"LockPersonality=yes\n"        \
	"MemoryDenyWriteExecute=yes\n" \
	"SystemCallArchitectures=native\n"

#define READ_ONLY_SYSTEM         \
	"ProtectSystem=strict\n" \
	"ProtectHome=yes\n"      \
	"PrivateTmp=yes\n"       \
	"NoNewPrivileges=yes\n"

static const char microvm[] =
    "[Unit]\n"
    "Description=microVM %i\n"
    "Documentation=man:vmconfig-host(8)\n"
    "Requires=microvm-set-booted@%i.service microvm-tap-interfaces@%i.service"
    " microvm-macvtap-interfaces@%i.service microvm-pci-devices@%i.service"
    " microvm-virtiofsd@%i.service\n"
    "After=network.target\n"
    "ConditionPathExists=" STATE "/current/bin/microvm-run\n"
    "\n"
    "[Service]\n"
    "Type=simple\n"
    "NotifyAccess=all\n"
    "WorkingDirectory=" STATE "\n"
    "ExecStart=" STATE "/booted/bin/microvm-run\n"
    "ExecStartPost=+/bin/sh -c '[ ! -x booted/bin/microvm-register ] ||"
    " exec booted/bin/microvm-register \"$$MAINPID\"'\n"
    "ExecStop=" STATE "/booted/bin/microvm-shutdown\n"
    "ExecStopPost=+/bin/sh -c '[ ! -x booted/bin/microvm-unregister ] ||"
    " exec booted/bin/microvm-unregister'\n"
    "Restart=always\n"
    "RestartSec=5s\n"
    "TimeoutSec=150\n"
    "SyslogIdentifier=microvm@%i\n"
    "User=" MICROVM_USER "\n"
    "Group=" MICROVM_GROUP "\n"
    "SupplementaryGroups=" MICROVM_USER "\n"
    "UMask=0077\n"
    "LimitNOFILE=1048576\n"
    "LimitMEMLOCK=infinity\n"
    /* The other machines' sockets are out of sight: connect(2) asks for no writable filesystem. */
    "TemporaryFileSystem=" MICROVM_STATE ":ro\n"
    "BindPaths=" STATE "\n"
    "ReadWritePaths=" STATE "\n" READ_ONLY_SYSTEM "CapabilityBoundingSet=\n"
    "DevicePolicy=closed\n"
    "DeviceAllow=/dev/kvm rw\n"
    "DeviceAllow=/dev/net/tun rw\n"
    "DeviceAllow=/dev/vhost-net rw\n"
    "DeviceAllow=/dev/vhost-vsock rw\n"
    "DeviceAllow=/dev/vfio/vfio rw\n"
    "DeviceAllow=char-vfio rw\n"
    "DeviceAllow=char-macvtap rw\n"
    "DeviceAllow=char-usb_device rw\n"
    "ProtectKernelTunables=yes\n"
    "ProtectKernelModules=yes\n"
    "ProtectKernelLogs=yes\n"
    "ProtectControlGroups=yes\n"
    "ProtectClock=yes\n"
    "ProtectHostname=yes\n"
    "ProtectProc=invisible\n"
    "RestrictNamespaces=yes\n"
    "RestrictRealtime=yes\n"
    "RestrictSUIDSGID=yes\n"
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_VSOCK\n"
    "LockPersonality=yes\n"
    "RemoveIPC=yes\n"
    "SystemCallArchitectures=native\n"
    /* VMMs make filters of their own. */
    "SystemCallFilter=@system-service seccomp\n"
    "\n"
    "[Install]\n"
    "WantedBy=multi-user.target\n";

/* As root: the directory is sticky, so that the machine's user cannot change the two links. */
static const char set_booted[] =
    "[Unit]\n"
    "Description=The package that microVM %i runs until its next start\n"
    "Documentation=man:vmconfig-host(8)\n" PART_OF "ConditionPathExists=" STATE
    "/current/bin/microvm-run\n"
    "\n"
    "[Service]\n"
    "Type=oneshot\n"
    "RemainAfterExit=yes\n"
    "WorkingDirectory=" STATE "\n"
    "ExecStart=/bin/sh -c 'exec ln -sfnT -- \"$$(readlink current)\" booted'\n"
    "ExecStop=/bin/rm -f booted\n"
    "ReadWritePaths=" STATE "\n" READ_ONLY_SYSTEM "CapabilityBoundingSet=\n"
    "PrivateDevices=yes\n"
    "PrivateNetwork=yes\n"
    "ProtectKernelTunables=yes\n"
    "ProtectKernelModules=yes\n"
    "RestrictNamespaces=yes\n"
    "RestrictAddressFamilies=none\n"
    "SystemCallFilter=@system-service\n" NO_KERNEL;

static const char tap_interfaces[] =
    "[Unit]\n"
    "Description=Tap interfaces of microVM %i\n"
    "Documentation=man:vmconfig-host(8)\n" PART_OF AFTER_BOOTED "Before=network.target\n"
    "ConditionPathExists=" STATE "/current/bin/tap-up\n"
    "\n"
    "[Service]\n"
    "Type=oneshot\n"
    "RemainAfterExit=yes\n"
    "WorkingDirectory=" STATE "\n"
    "ExecStart=" STATE "/booted/bin/tap-up\n"
    "ExecStop=" STATE "/booted/bin/tap-down\n" READ_ONLY_SYSTEM
    "CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_MODULE\n"
    "DevicePolicy=closed\n"
    "DeviceAllow=/dev/net/tun rw\n"
    "RestrictNamespaces=yes\n"
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
    "SystemCallFilter=@system-service @module\n" NO_KERNEL;

static const char macvtap_interfaces[] =
    "[Unit]\n"
    "Description=Macvtap interfaces of microVM %i\n"
    "Documentation=man:vmconfig-host(8)\n" PART_OF AFTER_BOOTED "Before=network.target\n"
    "ConditionPathExists=" STATE "/current/bin/macvtap-up\n"
    "\n"
    "[Service]\n"
    "Type=oneshot\n"
    "RemainAfterExit=yes\n"
    "WorkingDirectory=" STATE "\n"
    "ExecStart=" STATE "/booted/bin/macvtap-up\n"
    "ExecStop=" STATE "/booted/bin/macvtap-down\n"
    /* The node in /dev is given to the machine's user, and sysctls are set. */
    "ReadWritePaths=/dev\n" READ_ONLY_SYSTEM
    "CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_MODULE CAP_CHOWN\n"
    "RestrictNamespaces=yes\n"
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
    "SystemCallFilter=@system-service @module\n" NO_KERNEL;

static const char pci_devices[] =
    "[Unit]\n"
    "Description=PCI devices of microVM %i\n"
    "Documentation=man:vmconfig-host(8)\n" PART_OF AFTER_BOOTED "ConditionPathExists=" STATE
    "/current/bin/pci-setup\n"
    "\n"
    "[Service]\n"
    "Type=oneshot\n"
    "RemainAfterExit=yes\n"
    "WorkingDirectory=" STATE "\n"
    "ExecStart=" STATE "/booted/bin/pci-setup\n"
    /* Drivers are bound in /sys, the group's node in /dev is given to the machine's user. */
    "ReadWritePaths=/dev /sys\n" READ_ONLY_SYSTEM
    "CapabilityBoundingSet=CAP_SYS_MODULE CAP_CHOWN CAP_DAC_OVERRIDE\n"
    "RestrictNamespaces=yes\n"
    "RestrictAddressFamilies=AF_UNIX\n"
    "PrivateNetwork=yes\n"
    "SystemCallFilter=@system-service @module\n" NO_KERNEL;

static const char virtiofsd[] =
    "[Unit]\n"
    "Description=Shared directories of microVM %i\n"
    "Documentation=man:vmconfig-host(8)\n" PART_OF AFTER_BOOTED "After=local-fs.target\n"
    "ConditionPathExists=" STATE "/current/bin/virtiofsd-run\n"
    "\n"
    "[Service]\n"
    "Type=notify\n"
    "NotifyAccess=all\n"
    "WorkingDirectory=" STATE "\n"
    "ExecStart=" STATE "/booted/bin/virtiofsd-run\n"
    "Restart=always\n"
    "RestartSec=5s\n"
    "KillMode=mixed\n"
    "LimitNOFILE=1048576\n"
    "PrivateTmp=yes\n"
    /* It makes a sandbox of its own around each directory, which may be anywhere. */
    "CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID"
    " CAP_MKNOD CAP_SETFCAP CAP_SETGID CAP_SETUID CAP_SYS_ADMIN CAP_SYS_CHROOT CAP_SETPCAP"
    " CAP_SYS_RESOURCE CAP_KILL\n"
    "NoNewPrivileges=yes\n"
    "DevicePolicy=closed\n"
    "PrivateNetwork=yes\n"
    "ProtectKernelModules=yes\n"
    "ProtectKernelLogs=yes\n"
    "ProtectClock=yes\n"
    "ProtectHostname=yes\n"
    "RestrictRealtime=yes\n"
    "RestrictAddressFamilies=AF_UNIX\n"
    "LockPersonality=yes\n"
    "SystemCallArchitectures=native\n"
    "SystemCallFilter=@system-service @mount unshare setns pivot_root chroot"
    " seccomp\n";

static const char user[] = "# The user that virtual machines run as.\n"
                           "g " MICROVM_GROUP " -\n"
                           "g " MICROVM_USER " -\n"
                           "u " MICROVM_USER " - \"Virtual machines\" " MICROVM_STATE "\n"
                           "m " MICROVM_USER " " MICROVM_GROUP "\n";

static const char state[] = "# Where the state of virtual machines is, a directory for each.\n"
                            "d " MICROVM_STATE " 0755 root root -\n";

const struct host_file host_files[] = {
    {UNIT_DIR "microvm@.service", microvm},
    {UNIT_DIR "microvm-set-booted@.service", set_booted},
    {UNIT_DIR "microvm-tap-interfaces@.service", tap_interfaces},
    {UNIT_DIR "microvm-macvtap-interfaces@.service", macvtap_interfaces},
    {UNIT_DIR "microvm-pci-devices@.service", pci_devices},
    {UNIT_DIR "microvm-virtiofsd@.service", virtiofsd},
    {"/etc/sysusers.d/vmconfig-microvm.conf", user},
    {"/etc/tmpfiles.d/vmconfig-microvm.conf", state},
};
const size_t host_file_count = sizeof(host_files) / sizeof(host_files[0]);
