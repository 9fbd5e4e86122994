// SPDX-License-Identifier: GPL-2.0

//! The options of the inner packet, as `ip_options_compile()` of the kernel takes them.

use host::rules::options::{
    check,
    Answer::{self, Acceptable, Refused, Unknown},
};

fn all_are(answer: Answer, cases: &[&[u8]]) {
    for options in cases {
        assert_eq!(check(options), answer, "{options:?}");
    }
}

#[test]
fn padding_and_unknown_types_are_passed_over() {
    all_are(
        Acceptable,
        &[
            &[],
            &[0, 7, 0, 0],
            &[1, 1, 1, 1],
            &[200, 4, 9, 9],
            &[200, 2, 1, 0],
        ],
    );
}

#[test]
fn an_option_is_as_long_as_it_says() {
    all_are(
        Refused,
        &[
            &[200, 0, 0, 0],
            &[200, 1, 0, 0],
            &[200, 5, 0, 0],
            &[1, 1, 1, 200],
        ],
    );
}

#[test]
fn source_routes_are_refused() {
    all_are(
        Refused,
        &[
            &[131, 7, 4, 10, 0, 0, 1, 0],
            &[137, 7, 8, 10, 0, 0, 1, 0],
            &[1, 131, 2, 0],
        ],
    );
}

#[test]
fn a_record_of_the_route_has_room_for_an_address_or_is_full() {
    all_are(
        Acceptable,
        &[
            &[7, 7, 4, 0, 0, 0, 0, 0],
            &[7, 7, 8, 0, 0, 0, 0, 0],
            &[7, 3, 4, 0],
        ],
    );
    all_are(
        Refused,
        &[
            &[7, 7, 3, 0, 0, 0, 0, 0],
            &[7, 7, 5, 0, 0, 0, 0, 0],
            &[7, 2, 1, 1],
            &[7, 3, 4, 7, 3, 4, 0, 0],
        ],
    );
}

#[test]
fn a_timestamp_has_room_for_what_its_flags_say_or_counts_up_to_fifteen() {
    all_are(
        Acceptable,
        &[
            &[68, 8, 5, 0, 0, 0, 0, 0],
            &[68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            &[68, 12, 5, 3, 0, 0, 0, 0, 0, 0, 0, 0],
            &[68, 8, 9, 0xe0, 0, 0, 0, 0],
            &[68, 8, 9, 0xf3, 0, 0, 0, 0],
        ],
    );
    all_are(
        Refused,
        &[
            &[68, 8, 4, 0, 0, 0, 0, 0],
            &[68, 8, 6, 0, 0, 0, 0, 0],
            &[68, 8, 5, 1, 0, 0, 0, 0],
            &[68, 8, 9, 0xf0, 0, 0, 0, 0],
            &[68, 3, 5, 0],
            &[68, 4, 5, 0, 68, 4, 5, 0],
        ],
    );
}

#[test]
fn a_router_alert_has_a_value() {
    all_are(
        Acceptable,
        &[&[148, 4, 0, 0], &[148, 4, 0, 0, 148, 4, 0, 0]],
    );
    all_are(Refused, &[&[148, 3, 0, 0], &[148, 2, 1, 0]]);
}

#[test]
fn a_security_label_is_for_the_kernel_unless_something_else_is_wrong() {
    all_are(Unknown, &[&[134, 6, 0, 0, 0, 1, 0, 0]]);
    all_are(Refused, &[&[134, 2, 134, 2], &[134, 2, 148, 3, 0, 0, 0, 0]]);
}
