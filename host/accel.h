/* SPDX-License-Identifier: MIT */
/* Which accelerator QEMU is told to use. */
#ifndef VMCONFIG_ACCEL_H
#define VMCONFIG_ACCEL_H

#include "vm.h"

/*
 * kvm_complaint() - why KVM cannot run a stock kernel here.
 * @cpuinfo: /proc/cpuinfo
 * @device:  /dev/kvm
 *
 * The device alone says little: paravirtual hypervisors offer a /dev/kvm on
 * processors that have neither vmx nor svm, and stock kernels do not boot there.
 *
 * Return: a phrase for a message, or NULL when nothing speaks against it.
 */
const char *kvm_complaint(const char *cpuinfo, const char *device);

/*
 * accel_choose() - make up our mind.
 * @wanted: what the user said; ACCEL_AUTO is replaced by VMCONFIG_ACCEL of the
 *          environment, and that by KVM where it works, else TCG
 * @chosen: ACCEL_KVM or ACCEL_TCG
 *
 * Return: 0, or negative after printing: KVM that was asked for and cannot work is an error.
 */
int accel_choose(enum accel wanted, enum accel *chosen);

#endif
