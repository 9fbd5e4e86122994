# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of seg6-end-dt4(8).

_seg6_end_dt4()
{
	local word=${COMP_WORDS[COMP_CWORD]}

	case $COMP_CWORD:${COMP_WORDS[1]} in
	1:*) mapfile -t COMPREPLY < <(compgen -W "load unload status doctor audit metrics watch --help" -- "$word") ;;
	2:status | 2:doctor) mapfile -t COMPREPLY < <(compgen -W "--json" -- "$word") ;;
	2:metrics) mapfile -t COMPREPLY < <(compgen -W "--output" -- "$word") ;;
	3:metrics)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	esac
}
complete -F _seg6_end_dt4 seg6-end-dt4
