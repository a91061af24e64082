# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of vmconfig for bash. Commands and options are read from the
# command's own help, so that there is no list here to fall behind.

_vmconfig_commands() {
	"$1" --help 2>/dev/null | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

_vmconfig_options() {
	"$1" help "$2" 2>/dev/null | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p'
	echo --help
}

_vmconfig() {
	local command current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local words=

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="$(_vmconfig_commands "$1") help --help --version"
	else
		command=${COMP_WORDS[1]}
		[ "$command" != help ] || words=$(_vmconfig_commands "$1")
		case $previous in
		--init-mode) words='auto exec systemd' ;;
		--accel) words='auto kvm tcg' ;;
		--format)
			words='ext4 raw cpio squashfs'
			[ "$command" != rootfs ] || words='ext4 erofs squashfs'
			;;
		--compat) words=seed ;;
		--compress)
			words='none gzip zstd'
			[ "$command" != rootfs ] || words='gzip lz4 zstd'
			;;
		*) case $current in
			-*) words=$(_vmconfig_options "$1" "$command") ;;
			esac ;;
		esac
	fi
	# What is no option is a file; -o default sees to that.
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o default -F _vmconfig vmconfig
