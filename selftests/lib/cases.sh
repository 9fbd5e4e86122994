# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Hand-made packets against expectations: see inject.py.

# judge_cases <<< cases: injects them from pe1 to h2a through SID_A, one result per case. EXPECTATION is "deliver"
# or "drop", or the two when they differ, as "c=deliver,rust=drop".
judge_cases()
{
	local line want name headers happened answers
	local -a cases

	mapfile -t cases
	if ! answers=$(printf '%s\n' "${cases[@]}" | "$SELFTESTS_DIR/lib/inject.py" "$pe1" "$h2a" "$SID_A" 10.0.2.1); then
		RET=$ksft_fail retmsg="the packets were not sent" log_test "inject.py"
		return
	fi

	for line in "${cases[@]}"; do
		[[ $line && $line != "#"* ]] || continue
		RET=0
		read -r want name headers <<<"$line"
		if [[ $want == *=* ]]; then
			want=$(tr ',' '\n' <<<"$want" | sed -n "s/^$SERVED_BY=//p")
		fi
		happened=$(awk -v name="$name" '$2 == name { print $1 }' <<<"$answers")
		expect_equal "$want" "$happened" "$headers"
		log_test "$name: $want"
	done
}
