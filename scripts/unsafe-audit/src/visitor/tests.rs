// SPDX-License-Identifier: GPL-2.0

use super::uses_of;

fn one(text: &str) -> (String, String, String) {
    let mut uses = uses_of(text).unwrap();
    assert_eq!(uses.len(), 1);
    let found = uses.remove(0);
    (found.kind.to_string(), found.place, found.argument)
}

fn argument(text: &str) -> String {
    one(text).2
}

#[test]
fn a_block_has_the_comment_above_it_or_above_its_statement() {
    assert_eq!(
        argument("fn f() {\n    // SAFETY: It is\n    // ours.\n    unsafe { g() }\n}"),
        "It is ours."
    );
    assert_eq!(
        argument("fn f() {\n    // SAFETY: Ours.\n    let x =\n        unsafe { g() };\n}"),
        "Ours."
    );
    assert_eq!(
        argument("fn f() {\n    let x =\n        // SAFETY: Ours.\n        unsafe { g() };\n}"),
        "Ours."
    );
}

#[test]
fn a_comment_that_is_none_of_this_block_does_not_count() {
    assert_eq!(argument("fn f() {\n    unsafe { g() }\n}"), "");
    assert_eq!(
        argument("fn f() {\n    // Ours.\n    unsafe { g() }\n}"),
        ""
    );
    assert_eq!(
        argument("fn f() {\n    // SAFETY: Ours.\n    let x = 1;\n    unsafe { g() }\n}"),
        ""
    );
    assert_eq!(
        argument("fn f() {\n    // SAFETY: Ours.\n\n    unsafe { g() }\n}"),
        ""
    );
}

#[test]
fn an_unsafe_function_has_a_section_of_its_documentation() {
    assert_eq!(
        argument("/// Does.\n///\n/// # Safety\n///\n/// Call it\n/// once.\nunsafe fn f() {}"),
        "Call it once."
    );
    assert_eq!(argument("/// Does.\nunsafe fn f() {}"), "");
    assert_eq!(argument("// SAFETY: Ours.\nunsafe fn f() {}"), "");
}

#[test]
fn an_unsafe_trait_has_a_section_of_its_documentation() {
    assert_eq!(
        one("/// # Safety\n///\n/// Be true.\nunsafe trait T {}"),
        ("trait".into(), "T".into(), "Be true.".into())
    );
    assert_eq!(argument("unsafe trait T {}"), "");
}

#[test]
fn names_lead_to_the_place() {
    let text = "mod m { impl<T> A<T> { fn f() {\n// SAFETY: Ours.\nunsafe { g() } } } }";
    assert_eq!(one(text).1, "m::A<T>::f");
    let text = "// SAFETY: Ours.\nunsafe impl Send for A {}";
    assert_eq!(
        one(text),
        ("impl".into(), "<A as Send>".into(), "Ours.".into())
    );
}

#[test]
fn blocks_in_macros_are_found() {
    assert_eq!(
        argument("fn f() { m!({\n// SAFETY: Ours.\nunsafe { g() } }) }"),
        "Ours."
    );
    assert_eq!(
        argument("macro_rules! m { () => {\n// SAFETY: Ours.\nunsafe impl T for A {} } }"),
        "Ours."
    );
}

#[test]
fn words_that_are_not_code_are_not_found() {
    assert!(
        uses_of("/// unsafe { g() }\nfn f() { g(\"unsafe {}\") } // unsafe")
            .unwrap()
            .is_empty()
    );
    assert!(uses_of("type F = unsafe extern \"C\" fn(u32);")
        .unwrap()
        .is_empty());
}

#[test]
fn what_the_list_has_no_place_for_is_an_error() {
    assert!(uses_of("unsafe extern \"C\" { fn f(); }").is_err());
    assert!(uses_of("#[unsafe(no_mangle)] fn f() {}").is_err());
    assert!(uses_of("m! { unsafe trait T {} }").is_err());
}
