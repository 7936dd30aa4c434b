//! A filter as a profile has it: the preset that it began as, and what was said beside that.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::rule::{Condition, Is, errno};
use super::{Action, Filter, Rule};

/// A name, and the filter as it begins.
type Base = (&'static str, fn() -> Filter);

const BASES: [Base; 7] = [
    ("standard", Filter::standard),
    ("compute", Filter::compute),
    ("unrestricted", Filter::unrestricted),
    ("allow_only", || Filter::new("allow only", Action::Errno(super::rule::EPERM))),
    ("deny", || Filter::new("deny", Action::Allow)),
    ("oci", || Filter::new("OCI profile", Action::Allow)),
    ("program", || Filter { as_made: true, ..Filter::new("seccompiler", Action::Kill) }),
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    base: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    otherwise: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleForm>,
    /// Code, jt, jf and k of each instruction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    instructions: Vec<(u16, u8, u8, u32)>,
}

/// Rules that differ in the call alone.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleForm {
    calls: Vec<String>,
    action: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    when: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Why a rule is there that a builder has made.
const AS_ASKED: &str = "as asked";

impl Serialize for Filter {
    /// With the feature `serde`, as `base = "standard"`, `otherwise`, and `rules` of `calls`, `action`, `when` and `why`. The rules
    /// of the presets are not written: who reads it gets those of its version of the crate.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Filter { title, otherwise, rules, program, as_made, compiled: _ } = self;
        let of_title = |(name, base): &Base| Some((*name, base())).filter(|it| it.1.title == *title);
        let (name, base) = BASES.iter().find_map(of_title).expect("each constructor has its base");
        let mut form = Form {
            base: name.into(),
            otherwise: (*otherwise != base.otherwise || base.as_made && !as_made).then(|| word(*otherwise)),
            rules: Vec::new(),
            instructions: program
                .iter()
                .flat_map(|program| program.iter())
                .map(|it| (it.code, it.jt, it.jf, it.k))
                .collect(),
        };
        for Rule { call, conditions, action, why } in &rules[base.rules.len()..] {
            let why = (why != AS_ASKED).then(|| why.to_string());
            let when: Vec<String> = conditions.iter().map(Condition::to_string).collect();
            let rule = RuleForm { calls: vec![call.to_string()], action: word(*action), when, why };
            match form.rules.last_mut() {
                Some(last) if (&last.action, &last.when, &last.why) == (&rule.action, &rule.when, &rule.why) => {
                    last.calls.extend(rule.calls);
                }
                _ => form.rules.push(rule),
            }
        }
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Filter, D::Error> {
        let form = Form::deserialize(deserializer)?;
        let Some((_, base)) = BASES.iter().find(|(name, _)| *name == form.base) else {
            let names = BASES.map(|(name, _)| name).join(", ");
            return Err(D::Error::custom(format!("no filter begins as {:?}: there are {names}", form.base)));
        };
        let mut filter = base();
        if (form.base == "program") == form.instructions.is_empty() {
            return Err(D::Error::custom("a program has instructions, and nothing else has"));
        }
        if !form.instructions.is_empty() {
            filter.program = Some(program(&form.instructions).map_err(D::Error::custom)?);
        }
        for RuleForm { calls, action, when, why } in form.rules {
            let conditions = when.iter().map(|text| condition(text)).collect::<Result<Vec<_>, _>>();
            let (action, conditions) =
                (self::action(&action).map_err(D::Error::custom)?, conditions.map_err(D::Error::custom)?);
            let why: Cow<'static, str> = why.map_or(AS_ASKED.into(), Cow::Owned);
            for call in calls {
                let (conditions, why) = (conditions.clone(), why.clone());
                let rule = Rule { call: call.into(), conditions, action, why };
                filter = filter.rule(rule);
            }
        }
        match form.otherwise {
            Some(otherwise) => Ok(filter.otherwise(action(&otherwise).map_err(D::Error::custom)?)),
            None => Ok(filter),
        }
    }
}

#[cfg(feature = "seccompiler")]
fn program(instructions: &[(u16, u8, u8, u32)]) -> Result<std::sync::Arc<[super::Instruction]>, String> {
    Ok(instructions
        .iter()
        .map(|(code, jt, jf, k)| super::Instruction { code: *code, jt: *jt, jf: *jf, k: *k })
        .collect())
}

#[cfg(not(feature = "seccompiler"))]
fn program(_: &[(u16, u8, u8, u32)]) -> Result<std::sync::Arc<[super::Instruction]>, String> {
    Err("a filter that is a program needs the feature seccompiler".to_owned())
}

fn word(action: Action) -> String {
    match action {
        Action::Allow => "allow".to_owned(),
        Action::Log => "log".to_owned(),
        Action::Trap => "trap".to_owned(),
        Action::Kill => "kill".to_owned(),
        Action::Errno(_) => action.to_string(),
    }
}

fn action(word: &str) -> Result<Action, String> {
    let number = |word: &str| word.strip_prefix("errno ")?.parse().ok();
    Ok(match word {
        "allow" => Action::Allow,
        "log" => Action::Log,
        "trap" => Action::Trap,
        "kill" => Action::Kill,
        _ => match errno(word).or_else(|| number(word)) {
            Some(errno) => Action::Errno(errno),
            None => return Err(format!("no action is {word:?}: allow, log, trap, kill, or an errno such as EPERM")),
        },
    })
}

/// What `Display` of a condition writes, such as `arg1 & 0xffffffff == 0x5412`.
fn condition(text: &str) -> Result<Condition, String> {
    let number = |word: &str| match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    };
    let read = || {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let (argument, mask, is, value) = match words[..] {
            [argument, is, value] => (argument, u64::MAX, is, value),
            [argument, "&", mask, is, value] => (argument, number(mask)?, is, value),
            _ => return None,
        };
        let is = match is {
            "==" => Is::Equal,
            "!=" => Is::NotEqual,
            "<" => Is::Less,
            "<=" => Is::LessOrEqual,
            ">" => Is::Greater,
            ">=" => Is::GreaterOrEqual,
            _ => return None,
        };
        Some(Condition { index: argument.strip_prefix("arg")?.parse().ok()?, mask, is, value: number(value)? })
    };
    read().ok_or_else(|| format!("{text:?} is no condition such as \"arg1 & 0xffffffff == 0x5412\""))
}
