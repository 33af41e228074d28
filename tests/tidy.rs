//! The house rules. Each rule is a function over the sources and carries an example that it must reject; both are tests.

mod tidy {
    pub mod architecture;
    pub mod paths;
    pub mod purity;
    pub mod rust;
    pub mod shape;
    pub mod tree;
    pub mod words;
}

use tidy::{
    architecture, paths, purity, shape,
    tree::{Example, Offence, Tree},
    words,
};

fn assert_holds(rule: fn(&Tree) -> Vec<Offence>) {
    let offences = rule(Tree::house());
    let lines: Vec<String> = offences.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} places:\n{}", lines.len(), lines.join("\n"));
}

fn assert_rejects(rule: fn(&Tree) -> Vec<Offence>, bad: Example, good: Example) {
    assert!(
        !rule(&Tree::example(bad)).is_empty(),
        "the rule accepts its bad example"
    );
    let wrong: Vec<String> = rule(&Tree::example(good)).iter().map(ToString::to_string).collect();
    assert!(
        wrong.is_empty(),
        "the rule rejects its good example: {}",
        wrong.join("; ")
    );
}

macro_rules! rules {
    ($($module:ident :: $rule:ident),* $(,)?) => {$(
        mod $rule {
            #[test]
            fn holds() {
                super::assert_holds(super::$module::$rule::check);
            }
            #[test]
            fn rejects_its_bad_example() {
                super::assert_rejects(
                    super::$module::$rule::check,
                    super::$module::$rule::BAD,
                    super::$module::$rule::GOOD,
                );
            }
        }
    )*};
}

rules! {
    shape::file_length,
    shape::rust_function_length,
    shape::script_function_length,
    shape::type_names,
    shape::unfinished,
    purity::no_way_to_stop,
    purity::pure_crates,
    purity::test_code_apart,
    architecture::crate_edges,
    architecture::tauri_stays_in_the_shell,
    architecture::database_stays_in_node,
    architecture::systems_rooms,
    architecture::ui_imports,
    paths::named_paths_exist,
    paths::no_machine_paths,
    words::same_keys,
    words::translated,
}
