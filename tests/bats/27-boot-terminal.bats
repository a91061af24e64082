#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A terminal on both sides of a virtual machine: `vmconfig run -it` on a pseudo terminal.
# shellcheck disable=SC2154 # bats and vm.bash set stderr and vm

load helper
load vm

# session STEP… -- WORD… - vmconfig run with these words on a pseudo terminal of 24 rows and 80
# columns. A step is TEXT=CHARACTERS: once the terminal has shown TEXT, type the characters (\n and \x
# as Python has them), or with TEXT=size:ROWSxCOLUMNS change its size. What was shown becomes $output,
# and whether the terminal's mode is as before $mode.
session() {
	need python3
	status=0
	timeout 170 python3 - "$@" >shown 2>errors <<-'END' || status=$?
		import fcntl, os, pty, signal, struct, sys, termios
		words = sys.argv[1:]
		steps, command = words[:words.index("--")], words[words.index("--") + 1:]
		def resize(fd, rows, columns):
		    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
		master, slave = pty.openpty()
		resize(master, 24, 80)
		before = termios.tcgetattr(slave)
		pid = os.fork()
		if pid == 0:
		    os.setsid()
		    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
		    for fd in range(3):
		        os.dup2(slave, fd)
		    os.execvp(command[0], command)
		shown = b""
		while True:
		    if steps and steps[0].split("=", 1)[0].encode() in shown:
		        action = steps.pop(0).split("=", 1)[1]
		        if action.startswith("size:"):
		            resize(master, *map(int, action[5:].split("x")))
		        else:
		            os.write(master, action.encode().decode("unicode_escape").encode("latin-1"))
		        continue
		    done, status = os.waitpid(pid, os.WNOHANG)
		    if done:
		        break
		    import select
		    if select.select([master], [], [], 0.1)[0]:
		        data = os.read(master, 65536)
		        shown += data
		        sys.stdout.buffer.write(data)
		        sys.stdout.flush()
		while select.select([master], [], [], 0)[0]:
		    sys.stdout.buffer.write(os.read(master, 65536))
		sys.stdout.flush()
		print("mode", "as before" if termios.tcgetattr(slave) == before else "changed", file=sys.stderr)
		sys.exit(os.waitstatus_to_exitcode(status) & 255)
	END
	output=$(tr -d '\r' <shown) stderr=$(cat errors)
}

assert_line() {
	grep -qxF -e "$1" <<<"$output" || explain "expected the line: $1"
}

@test "run -it: size, its changes, what is typed, control characters, and the mode afterwards" {
	session 'ready=size:30x100' 'signal 28=one\n' 'line one=\x1a' 'signal 20=\x04' -- \
		"$VMCONFIG" run -it --config base.json --disk "$PROBE_IMAGE,ro" --timeout 150 -- \
		tty , winsize , sleep-until-signal , winsize , line , sleep-until-signal , copy , say the end , exit 7
	assert_status 7
	assert_line 'tty 1 1 1'
	assert_line 'winsize 24 80'
	assert_line 'winsize 30 100'
	assert_line 'line one'
	assert_line 'the end'
	[ "$stderr" = 'mode as before' ] || explain 'the terminal is not as it was'
}

@test "run -it: control-C ends the workload, not vmconfig" {
	session 'ready=\x03' -- \
		"$VMCONFIG" run -it --config base.json --disk "$PROBE_IMAGE,ro" --timeout 150 -- say ready , line
	assert_status 130
	[ "$stderr" = 'mode as before' ] || explain 'the terminal is not as it was'
}

@test "run -t without a terminal: the workload has one all the same, and the input ends in it" {
	vm -it -- tty , copy , say after <<<'a line'
	assert_status 0
	output=${output//$'\r'/}
	assert_line 'tty 1 1 1'
	assert_line 'a line'
	assert_line after
	vm -t -- tty , copy , say after
	assert_status 0
	assert_output_contains after
}
