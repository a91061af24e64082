/* SPDX-License-Identifier: MIT */
/* Where the fields of an image configuration go (image-spec config.md, conversion.md). */
#include "oci_rows.h"

#define AN_ANNOTATION "the annotation org.opencontainers.image."
#define A_LEFTOVER    "how Docker made the image"
#define RESERVED      "reserved by the specification"

const struct oci_row oci_image_rows[] = {
    DISK("/created", AN_ANNOTATION "created"),
    DISK("/author", AN_ANNOTATION "author"),
    DISK("/architecture", AN_ANNOTATION "architecture"),
    DISK("/variant", AN_ANNOTATION "variant"),
    DISK("/os", AN_ANNOTATION "os; must be linux"),
    DISK("/os.version", AN_ANNOTATION "os.version"),
    DISK("/os.features", AN_ANNOTATION "os.features"),
    HOST("/rootfs/type", "must be layers"),
    HOST("/rootfs/diff_ids", "the layers that the root filesystem is made of"),
    IGNORED("/history", "how the layers were made"),

    GUEST("/config/User", "who the workload runs as; names are looked up in the guest's root"),
    DISK("/config/ExposedPorts", AN_ANNOTATION "exposedPorts"),
    GUEST("/config/Env", "the environment, in its order, after a PATH when it has none"),
    GUEST("/config/Entrypoint", "the command's first words"),
    GUEST("/config/Cmd", "the words that follow Entrypoint"),
    GUEST("/config/Volumes", "a tmpfs each, what is below another after it"),
    GUEST("/config/WorkingDir", "the working directory, made when it is missing"),
    DISK("/config/Labels", "annotations, which win over those made from other fields"),
    GUEST("/config/StopSignal", "what asks the workload to stop; also an annotation"),
    GUEST("/config/StopTimeout", "seconds until SIGKILL follows StopSignal (Docker)"),
    WARNED("/config/Healthcheck", "not applied: nothing looks whether the workload is healthy"),
    IGNORED("/config/Memory", RESERVED),
    IGNORED("/config/MemorySwap", RESERVED),
    IGNORED("/config/CpuShares", RESERVED),
    WARNED("/config/OnBuild", "means something to image builders only"),
    IGNORED("/config/ArgsEscaped", "means something on Windows only"),
    IGNORED("/config/Shell", "means something to image builders only"),
    IGNORED("/config/Hostname", A_LEFTOVER),
    IGNORED("/config/Domainname", A_LEFTOVER),
    IGNORED("/config/Image", A_LEFTOVER),
    IGNORED("/config/AttachStdin", A_LEFTOVER),
    IGNORED("/config/AttachStdout", A_LEFTOVER),
    IGNORED("/config/AttachStderr", A_LEFTOVER),
    IGNORED("/config/Tty", A_LEFTOVER),
    IGNORED("/config/OpenStdin", A_LEFTOVER),
    IGNORED("/config/StdinOnce", A_LEFTOVER),
    IGNORED("/config/MacAddress", A_LEFTOVER),
    IGNORED("/config/NetworkDisabled", A_LEFTOVER),
    IGNORED("/container", A_LEFTOVER),
    IGNORED("/container_config", A_LEFTOVER),
    IGNORED("/docker_version", A_LEFTOVER),
    IGNORED("/id", A_LEFTOVER),
    IGNORED("/parent", A_LEFTOVER),
    {.pattern = NULL},
};
