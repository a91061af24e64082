# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of vmconfig for bash. Commands, verbs, options and their values are read from the
# command's own help, so that there is no list here to fall behind.

_vmconfig_commands() {
	"$1" --help 2>/dev/null | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

_vmconfig_verbs() {
	"$1" help "$2" 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p'
}

# The options of a command, or of a command and its verb.
_vmconfig_options() {
	"$1" help "${@:2}" 2>/dev/null | sed -n 's/^  \(-.,\|   \) \(--[a-z0-9-]*\).*/\2/p'
	echo --help
}

# What an option may be, when its help is a list: "this, that (why) or another", after "what: " perhaps.
_vmconfig_values() {
	"$1" help "$2" 2>/dev/null | sed -n "s/^  \(-.,\|   \) $3 [A-Z]*  *//p" |
		sed 's/ ([^)]*)//g; s/^[a-z0-9]*: //' | sed -n '/^[a-z0-9]*\(, [a-z0-9]*\)* or [a-z0-9]*$/s/, \| or / /gp'
}

_vmconfig() {
	local command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]} words='' verb=''

	COMPREPLY=()
	[ -z "$(_vmconfig_verbs "$1" "$command")" ] || verb=${COMP_WORDS[2]}
	case $COMP_CWORD:$command:$current in
	1:*) words="$(_vmconfig_commands "$1") help --help --version" ;;
	2:help:*) words=$(_vmconfig_commands "$1") ;;
	3:help:*) words=$(_vmconfig_verbs "$1" "$previous") ;;
	*:-*) words=$(_vmconfig_options "$1" "$command" ${verb:+"$verb"}) ;;
	2:*) words=$(_vmconfig_verbs "$1" "$command") ;;
	*) case $previous in --*) words=$(_vmconfig_values "$1" "$command" "$previous") ;; esac ;;
	esac
	# What is no option is a file; -o default sees to that.
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o default -F _vmconfig vmconfig
