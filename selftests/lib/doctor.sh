# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Asking "seg6-end-dt4 doctor", and doing what it says. Source lib.sh first.

COMMAND=$SELFTESTS_DIR/../router/seg6-end-dt4

# look: what is wrong, and the exit status.
look()
{
	said=$("$COMMAND" doctor --json)
	status=$?
}

# expect IDS [NS]: that, and nothing else, was wrong in a network namespace or with the machine as a whole.
expect()
{
	local ids

	ids=$(jq -r --arg ns "${2:-}" '[.[] | select((.namespace // "") == $ns) | .id] | unique | join(" ")' <<<"$said")
	expect_equal "$1" "$ids" "found in '${2:-the machine}'"
}

expect_healthy()
{
	look
	expect_equal "0 []" "$status $said" "exit status, what is left"
}

# mend: run what was printed. A key is asked for on the terminal, if there is one.
mend()
{
	local command

	while read -r command; do
		setsid --wait bash -c "$command" <<<secret >/dev/null
		check_err $? "it fails: $command"
	done < <(jq -r '.[].mend[]' <<<"$said")
}
