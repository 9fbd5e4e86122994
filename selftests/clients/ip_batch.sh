#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# iproute2's batch and JSON modes: a thousand SIDs of all kinds, and what is shown of them, to the letter what the
# built-in code has to say.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"
source "$SELFTESTS_DIR/lib/routes.sh"

ALL_TESTS="builtin module routes_outlive_module refused"

# Every tenth by a nexthop object.
commands_to_add()
{
	local i table dev count

	for ((i = 0; i < 1000; i++)); do
		table=$((i % 2 ? 100 : 200)) dev=$((i % 3)) count=$((i % 5))
		((dev)) && dev=core || dev=vrf-$table
		((count)) && count="" || count=count
		if ((i % 10)); then
			printf 'route add fc00:2:0:%x::/64 encap seg6local action End.DT4 vrftable %d %s dev %s metric %d\n' \
				"$i" "$table" "$count" "$dev" $((1 + i % 7))
		else
			printf 'nexthop add id %d encap seg6local action End.DT4 vrftable %d %s dev %s\n' $((1 + i)) "$table" \
				"$count" "$dev"
			printf 'route add fc00:2:0:%x::/64 nhid %d\n' "$i" $((1 + i))
		fi
	done
}

commands_to_delete()
{
	commands_to_add | sed -E 's/add (.*) encap .* (metric .*)/del \1 \2/; s/add (.*) encap .*/del \1/; s/add/del/' | tac
}

# shown FILE: routes, nexthop objects and counters.
shown()
{
	ip -n "$pe" -j -d -s -6 route show table main | jq . >"$1" && ip -n "$pe" -j -d -6 nexthop | jq . >>"$1"
}

# add_and_show FILE
add_and_show()
{
	commands_to_add | ip -n "$pe" -6 -batch -
	check_err $? "ip -batch"
	shown "$work/$1"
	expect_equal "1000 100" "$(jq -s 'map(map(select(.encap.vrftable)) | length) | "\(.[0]) \(.[1])"' -r "$work/$1")" \
		"routes and nexthop objects shown with their table"
}

delete_all()
{
	commands_to_delete | ip -n "$pe" -6 -batch -
	check_err $? "ip -batch, to delete"
	shown "$work/empty"
	expect_equal 0 "$(grep -c 'fc00:2\|End.DT4' "$work/empty")" "what is left"
}

# same_as_builtin FILE
same_as_builtin()
{
	diff "$work/builtin" "$work/$1"
	check_err $? "it differs from what the built-in code shows"
}

builtin()
{
	RET=0
	add_and_show builtin
	delete_all
	log_test "The built-in code: add, show, delete"
}

module()
{
	RET=0
	module_load
	check_err $? "load"
	add_and_show module
	same_as_builtin module
	delete_all
	log_test "The module: add, show, delete"
}

routes_outlive_module()
{
	RET=0
	add_and_show module
	module_unload
	check_err $? "unload"
	shown "$work/outlived"
	same_as_builtin outlived
	delete_all
	log_test "Routes of the module after it"
}

# What is said of a wrong line, and that the others are done.
errors()
{
	ip -n "$pe" -6 -force -batch - 2>&1 <<-EOF
		route add fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100
		route add fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100
		route add fc00:2::2 encap seg6local action End.DT4 vrftable 999 dev vrf-100
		route add fc00:2::3 encap seg6local action End.DT4 table 100 dev vrf-100
		route add fc00:2::4 encap seg6local action End.DT4 vrftable 200 dev vrf-200
		route del fc00:2::5
	EOF
	ip -n "$pe" -6 route show root fc00:2::/64
	ip -n "$pe" -6 route flush root fc00:2::/64
}

refused()
{
	local builtin

	RET=0
	builtin=$(errors)
	expect_equal 4 "$(grep -c '^Command failed' <<<"$builtin")" "lines refused"
	module_load
	check_err $? "load"
	expect_equal "$builtin" "$(errors)" "what is said of wrong lines"
	module_unload
	check_err $? "unload"
	log_test "Wrong lines are refused as by the built-in code"
}

start_without_module
work=$(mktemp -d)
defer rm -rf "$work"
setup_lone_edge || exit
run_tests
