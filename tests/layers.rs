//! The layout of the sources: imports point downwards only and never in a circle, unsafe code stays in its places, and files
//! stay small. Every path counts that names a module: in `use`, in expressions and types, from `crate`, `super` or `self`.
//! And what every setter tells.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// From the bottom up; a module may use those of its own layer and below.
const LAYERS: &[&[&str]] = &[
    &["error", "sys"],
    &["init"],
    &[
        "host",
        "namespaces",
        "limits",
        "mounts",
        "stdio",
        "command",
        "cure",
        "capabilities",
        "cgroup",
        "landlock",
        "seccomp",
    ],
    &["overlay", "changes"],
    &["oci"],
    &["outcome"],
    &["live"],
    &["plan"],
    &["launch"],
    &["child", "explain"],
    &["sandbox", "probe"],
    &["profile"],
    &["lib"],
];

/// Imports that break the rules today: each is named until it is gone, and no longer.
const KNOWN_IMPORTS: &[(&str, &str)] = &[];

/// Files that are larger today.
const KNOWN_LARGE: &[&str] = &[];

const MOST_LINES: usize = 400;

/// A source file without its comments, the contents of its strings, and what is compiled for tests only.
struct Source {
    path: String,
    /// The module that it is: empty for the crate's root.
    module: Vec<String>,
    code: String,
}

fn sources() -> Vec<Source> {
    fn walk(dir: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(dir)
            .expect("a source directory: run in the crate's")
            .map(|entry| entry.expect("an entry").path())
        {
            match entry.is_dir() {
                true => walk(&entry, found),
                false => found.extend(entry.to_str().filter(|path| path.ends_with(".rs")).map(str::to_owned)),
            }
        }
    }
    let mut paths = Vec::new();
    walk(Path::new("src"), &mut paths);
    let module = |path: &str| -> Vec<String> {
        let names = path["src/".len()..path.len() - ".rs".len()].split('/').map(str::to_owned);
        names.filter(|name| name != "mod" && name != "lib").collect()
    };
    let read = |path: &String| blank(&fs::read_to_string(path).expect("a source file"));
    let mut all: Vec<Source> =
        paths.iter().map(|path| Source { path: path.clone(), module: module(path), code: read(path) }).collect();
    let mut for_tests = BTreeSet::new();
    for source in &mut all {
        let (code, files) = without_tests(&source.code);
        source.code = code;
        for_tests.extend(files.into_iter().map(|name| [source.module.clone(), vec![name]].concat()));
    }
    all.retain(|source| !for_tests.contains(&source.module));
    all
}

/// The same text with spaces in place of comments, and of what is in strings.
fn blank(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = out.chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_');
        let (length, kept) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), 0)
        } else if rest.starts_with("/*") {
            (rest.find("*/").map_or(rest.len(), |end| end + 2), 0)
        } else if first == '"' {
            (string(rest), 1)
        } else if !word && (rest.starts_with("r\"") || rest.starts_with("r#")) && raw(rest).is_some() {
            (raw(rest).expect("one"), 1)
        } else if first == '\'' && character(rest).is_some() {
            (character(rest).expect("one"), 1)
        } else {
            (first.len_utf8(), first.len_utf8())
        };
        out.push_str(&rest[..kept]);
        out.extend(rest[kept..length].chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    out
}

/// The length of the string that `text` begins with.
fn string(text: &str) -> usize {
    let mut escaped = true;
    let end = text.char_indices().find(|(_, character)| {
        let ends = *character == '"' && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

fn raw(text: &str) -> Option<usize> {
    let hashes = text[1..].bytes().take_while(|byte| *byte == b'#').count();
    let body = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    body.find(&end).map(|at| 2 + hashes + at + end.len())
}

/// The length of a character literal, which a lifetime is not.
fn character(text: &str) -> Option<usize> {
    let body = &text[1..];
    match body.strip_prefix('\\') {
        Some(escape) => escape[1..].find('\'').map(|end| end + 4),
        None => {
            body.chars().next().filter(|one| body[one.len_utf8()..].starts_with('\'')).map(|one| one.len_utf8() + 2)
        }
    }
}

/// Blanks each item under `#[cfg(test)]`, with or without more conditions; names the files that are such.
fn without_tests(code: &str) -> (String, Vec<String>) {
    const BEGINNINGS: [&str; 2] = ["#[cfg(test)", "#[cfg(all(test"];
    let (mut out, mut files) = (code.to_owned(), Vec::new());
    while let Some(start) = BEGINNINGS.iter().filter_map(|beginning| out.find(beginning)).min() {
        let after = start + out[start..].find(']').expect("its end") + 1;
        let body = &out[after..];
        let opening = body.find(['{', ';']).expect("an item");
        let length = match body[opening..].starts_with('{') {
            true => closing(&body[opening..]) + opening,
            false => opening + 1,
        };
        let item = &body[..length];
        files.extend(
            item.split_once("mod ").and_then(|(_, name)| name.strip_suffix(';')).map(|name| name.trim().to_owned()),
        );
        let end = after + length;
        let blanked: String = out[start..end].chars().map(|one| if one == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..end, &blanked);
    }
    (out, files)
}

/// The length of the block that `text` begins with.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    let end = text.char_indices().find(|(_, character)| {
        depth += i32::from(*character == '{') - i32::from(*character == '}');
        depth == 0
    });
    end.expect("a closing brace").0 + 1
}

fn tokens(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|one: char| !(one.is_alphanumeric() || one == '_')).unwrap_or(rest.len());
        let length = if word > 0 {
            word
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

/// What follows a path's beginning: every end of it, where it has groups in braces.
fn ends(tokens: &[&str], at: &mut usize, path: Vec<String>, found: &mut Vec<Vec<String>>) {
    let is_name = |token: &&&str| token.starts_with(|one: char| one.is_alphabetic() || one == '_');
    match tokens.get(*at + 1) {
        _ if tokens.get(*at) != Some(&"::") => found.push(path),
        Some(&"{") => {
            *at += 2;
            while tokens.get(*at).is_some_and(|token| *token != "}") {
                match tokens[*at] {
                    "self" | "," => *at += 1,
                    name => {
                        *at += 1;
                        ends(tokens, at, [path.clone(), vec![name.to_owned()]].concat(), found);
                        // An `as NAME`.
                        while tokens.get(*at).is_some_and(|token| ![",", "}"].contains(token)) {
                            *at += 1;
                        }
                    }
                }
            }
            *at += 1;
            found.push(path);
        }
        Some(&"super") => {
            *at += 2;
            ends(tokens, at, path[..path.len().saturating_sub(1)].to_vec(), found);
        }
        name if name.as_ref().is_some_and(is_name) => {
            let name = tokens[*at + 1].to_owned();
            *at += 2;
            ends(tokens, at, [path, vec![name]].concat(), found);
        }
        // A glob, or generic arguments.
        _ => found.push(path),
    }
}

/// The paths within the crate that this file names, from the root.
fn paths(source: &Source) -> Vec<Vec<String>> {
    let tokens = tokens(&source.code);
    let (mut at, mut depth) = (0, 0);
    let (mut module, mut blocks) = (source.module.clone(), Vec::new());
    let mut found = Vec::new();
    while at < tokens.len() {
        let token = tokens[at];
        let is_path = tokens.get(at + 1) == Some(&"::") && (at == 0 || tokens[at - 1] != "::");
        // What `pub(in …)` names is no import.
        let is_scope = at > 1 && tokens[at - 1] == "in" && tokens[at - 2] == "(";
        at += 1;
        match token {
            "mod" if tokens.get(at + 1) == Some(&"{") => {
                module.push(tokens[at].to_owned());
                blocks.push(depth);
            }
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                if blocks.last() == Some(&depth) {
                    blocks.pop();
                    module.pop();
                }
            }
            "crate" if is_path && !is_scope => ends(&tokens, &mut at, Vec::new(), &mut found),
            "self" if is_path => ends(&tokens, &mut at, module.clone(), &mut found),
            "super" if is_path && !is_scope => {
                ends(&tokens, &mut at, module[..module.len().saturating_sub(1)].to_vec(), &mut found);
            }
            _ => {}
        }
    }
    found
}

/// Which module names which, and in which file: siblings, wherever below them the name is. A child may name its parent, and a
/// parent its children; what a child finds in its parent is where the parent has it from.
fn imports(sources: &[Source]) -> BTreeMap<(String, String), String> {
    let modules: BTreeSet<&[String]> = sources.iter().map(|source| &*source.module).collect();
    let taken: BTreeMap<Vec<String>, String> = sources.iter().flat_map(taken_from_children).collect();
    let mut imports = BTreeMap::new();
    for source in sources {
        for mut path in paths(source) {
            for depth in 1..=path.len() {
                if let Some(child) = taken.get(&path[..depth]).filter(|_| !modules.contains(&path[..depth])) {
                    path.insert(depth - 1, child.clone());
                }
            }
            let common = source.module.iter().zip(&path).take_while(|(own, other)| own == other).count();
            let (Some(own), Some(other)) = (source.module.get(..=common), path.get(..=common)) else { continue };
            if modules.contains(other) {
                imports.insert((own.join("::"), other.join("::")), source.path.clone());
            }
        }
    }
    imports
}

/// The names that a module has by `use` of its children, with the child of each.
fn taken_from_children(source: &Source) -> Vec<(Vec<String>, String)> {
    let tokens = tokens(&source.code);
    let uses =
        (0..tokens.len()).filter(|at| tokens[*at] == "use" && !["crate", "super", "self"].contains(&tokens[at + 1]));
    let mut found = Vec::new();
    for at in uses {
        ends(&tokens, &mut (at + 2), vec![tokens[at + 1].to_owned()], &mut found);
    }
    let named = found.into_iter().filter(|path| path.len() > 1);
    named.map(|path| ([&*source.module, &path[path.len() - 1..]].concat(), path[0].clone())).collect()
}

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&module)).unwrap_or_else(|| panic!("{module} has no layer"))
}

fn points_upwards((from, to): &(String, String)) -> bool {
    !from.contains("::") && layer(from) < layer(to)
}

/// The imports that are part of a circle.
fn circles(imports: &BTreeSet<&(String, String)>) -> Vec<(String, String)> {
    let reaches = |from: &str, to: &str| {
        let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(module) = next.pop() {
            let new = imports.iter().filter(|(user, _)| user == module).map(|(_, used)| &**used);
            next.extend(new.filter(|used| reached.insert(*used)));
        }
        reached.contains(to)
    };
    imports.iter().filter(|(from, to)| reaches(to, from)).map(|import| (*import).clone()).collect()
}

#[test]
fn imports_point_downwards_and_not_in_a_circle() {
    let sources = sources();
    for module in sources.iter().filter_map(|source| source.module.first()) {
        layer(module);
    }
    let imports = imports(&sources);
    let is_known = |import: &(String, String)| KNOWN_IMPORTS.contains(&(&import.0, &import.1));
    let others: BTreeSet<_> = imports.keys().filter(|import| !is_known(import)).collect();
    let upwards = others.iter().filter(|import| points_upwards(import)).map(|import| (*import).clone());
    let wrong: BTreeSet<_> = upwards.chain(circles(&others)).map(|import| (imports[&import].clone(), import)).collect();
    assert!(wrong.is_empty(), "upwards, or in a circle: {wrong:#?}");
    for (from, to) in KNOWN_IMPORTS {
        let known = (from.to_string(), to.to_string());
        let mut with_it = others.clone();
        let is_wrong = imports.contains_key(&known) && {
            with_it.insert(&known);
            points_upwards(&known) || circles(&with_it).contains(&known)
        };
        assert!(is_wrong, "{from} -> {to} is right or gone: take it off KNOWN_IMPORTS");
    }
}

#[test]
fn files_are_small() {
    let lines = |source: &Source| source.code.lines().filter(|line| !line.trim().is_empty()).count();
    let sizes: BTreeMap<String, usize> = sources().iter().map(|source| (source.path.clone(), lines(source))).collect();
    let large: BTreeSet<&str> =
        sizes.iter().filter(|(_, lines)| **lines > MOST_LINES).map(|(path, _)| &**path).collect();
    let known: BTreeSet<&str> = KNOWN_LARGE.iter().copied().collect();
    assert_eq!(large, known, "files above {MOST_LINES} lines of code: {sizes:#?}");
}

#[test]
fn unsafe_code_stays_in_its_places() {
    for source in sources() {
        let tokens = tokens(&source.code);
        let starts = tokens.windows(3).filter(|three| three[0] == "unsafe" && three[1] != "(");
        let uses = starts.filter(|three| three[1..] != ["impl", "Plain"]).count();
        let allowed = ["src/sys", "src/launch", "src/init"].iter().any(|place| source.path.starts_with(place));
        assert!(allowed || uses == 0, "{} has unsafe code", source.path);
    }
}

/// What the tests above rest on.
#[test]
fn every_path_is_seen() {
    let code = r##"
        use crate::{a::{self, B as C, D}, e::F}; // crate::comment::X
        #[cfg(test)]
        mod tests { use crate::test::X; }
        pub(in crate::scope) fn f<'a>(x: &'a super::g::H) -> crate::i::J<crate::k::L> {
            let text = ("crate::string::X \" crate::string::X", r#"" crate::raw::X"#, '"', '\'', b'\\');
            super::super::m::n(self::o::P, crate::q!())
        }
        mod inner { use super::r::S; }
    "##;
    let (code, _) = without_tests(&blank(code));
    let source = Source { path: String::new(), module: vec!["x".into(), "y".into()], code };
    let mut found: Vec<String> = paths(&source).iter().map(|path| path.join("::")).collect();
    found.sort();
    let expected =
        ["", "a", "a::B", "a::D", "e::F", "i::J", "k::L", "m::n", "q", "x::g::H", "x::y::o::P", "x::y::r::S"];
    assert_eq!(found, expected);
    let circle = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")].map(|(from, to)| (from.to_owned(), to.to_owned()));
    assert_eq!(circles(&circle.iter().collect()), circle[..3]);
}

// ---- documentation ----

/// A setter takes the value and gives it back.
#[test]
fn every_setter_has_an_example_and_says_what_cannot_be() {
    const SETTERS: [(&str, &str, usize); 8] = [
        ("sandbox.rs", "Sandbox", 30),
        ("command.rs", "&mut", 12),
        ("overlay/mod.rs", "Overlay", 5),
        ("landlock.rs", "Landlock", 8),
        ("seccomp/mod.rs", "Filter", 10),
        ("cgroup/io.rs", "IoLimit", 5),
        ("cgroup/mod.rs", "Cgroup", 2),
        ("stdio.rs", "Stdio", 5),
    ];
    for (file, setter, least) in SETTERS {
        let text = fs::read_to_string(Path::new("src").join(file)).expect("run in the crate's directory");
        let mut found = 0;
        for (at, _) in text.match_indices("    pub fn ") {
            let signature = text[at..].split(['{', ';']).next().unwrap_or_default();
            let result = signature.rsplit_once("-> ").map_or("", |(_, result)| result);
            let name = signature["    pub fn ".len()..].split(['(', '<']).next().unwrap_or_default();
            // Behind it there may be a `where`.
            if result.split_whitespace().next() != Some(setter) || name == "new" {
                continue;
            }
            found += 1;
            let lines = text[..at].lines().rev();
            let doc: Vec<&str> = lines.take_while(|line| line.trim_start().starts_with(['/', '#'])).collect();
            let has = |what: &str| doc.iter().any(|line| line.trim() == what);
            assert!(has("/// ```") && has("/// # Errors"), "{setter}::{name} has no example, or no section of errors");
        }
        assert!(found >= least, "{found} setters of {setter}");
    }
}
