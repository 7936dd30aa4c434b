//! How single values are written in a profile: as people write them.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bitflags::Flags;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path, a name, or the contents of a file: text, or where it is no UTF-8 an array of its bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Raw(pub Vec<u8>);

impl Raw {
    pub(super) fn of(path: &Path) -> Raw {
        Raw(path.as_os_str().as_bytes().to_vec())
    }

    pub(super) fn path(self) -> PathBuf {
        OsString::from_vec(self.0).into()
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_seq(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Raw;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, or an array of bytes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
                Ok(Raw(text.into()))
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Raw, E> {
                Ok(Raw(bytes.to_vec()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut bytes: A) -> Result<Raw, A::Error> {
                let mut raw = Vec::new();
                while let Some(byte) = bytes.next_element()? {
                    raw.push(byte);
                }
                Ok(Raw(raw))
            }
        }

        deserializer.deserialize_any(Read)
    }
}

/// A number with a unit, such as `512 MiB`; how it is called, and what the units are, is in `units`.
fn with_unit(text: &str, what: &str, units: &[(&str, u64)]) -> Result<u64, String> {
    let names = || units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let refuse = || format!("{text:?} is no {what}: a number and one of {}", names());
    let digits = text.find(|one: char| !one.is_ascii_digit() && one != '.').ok_or_else(refuse)?;
    let (number, unit) = (&text[..digits], text[digits..].trim());
    let (_, size) = units.iter().find(|(name, _)| *name == unit).ok_or_else(refuse)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let too_large = || format!("{text:?} is too large");
    // A part of a unit must come out even.
    let scale = 10_u64.checked_pow(part.len() as u32).ok_or_else(refuse)?;
    let parts = part.parse::<u64>().map_err(|_| refuse())?.checked_mul(*size).ok_or_else(too_large)?;
    if !parts.is_multiple_of(scale) {
        return Err(format!("{text:?} is no whole number of {}", units[0].0));
    }
    let whole = whole.parse::<u64>().map_err(|_| refuse())?.checked_mul(*size).ok_or_else(too_large)?;
    whole.checked_add(parts / scale).ok_or_else(too_large)
}

/// The largest unit of which it is a whole number.
fn in_units(number: u64, units: &[(&str, u64)], written: impl Fn(u64, &str) -> String) -> String {
    let fits = |(_, size): &&(&str, u64)| number != 0 && number.is_multiple_of(*size);
    let (unit, size) = units.iter().filter(fits).max_by_key(|(_, size)| *size).unwrap_or(&units[0]);
    written(number / size, unit)
}

const BYTES: [(&str, u64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];
/// Those that are written.
const BINARY: usize = 5;

/// An amount of bytes: `"512 MiB"`; a plain number is one of bytes; no bound is `"unlimited"`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Size(pub u64);

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            u64::MAX => serializer.serialize_str("unlimited"),
            number => {
                serializer.serialize_str(&in_units(number, &BYTES[..BINARY], |number, unit| format!("{number} {unit}")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Size, D::Error> {
        number(deserializer, "a number of bytes, or text such as \"512 MiB\"", |text| with_unit(text, "size", &BYTES))
            .map(Size)
    }
}

/// A number of something that has no unit; no bound is `"unlimited"`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Amount(pub u64);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            u64::MAX => serializer.serialize_str("unlimited"),
            // TOML has no larger numbers.
            number if number > i64::MAX as u64 => serializer.serialize_str(&number.to_string()),
            number => serializer.serialize_u64(number),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        let plain = |text: &str| text.parse().map_err(|_| format!("{text:?} is no number, nor \"unlimited\""));
        number(deserializer, "a number, or \"unlimited\"", plain).map(Amount)
    }
}

fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
    expected: &'static str,
    parse: impl Fn(&str) -> Result<u64, String>,
) -> Result<u64, D::Error> {
    struct Read<P>(&'static str, P);

    impl<P: Fn(&str) -> Result<u64, String>> Visitor<'_> for Read<P> {
        type Value = u64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
            Ok(number)
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
            number.try_into().map_err(|_| E::custom(format!("{number} is below 0")))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
            if text == "unlimited" { Ok(u64::MAX) } else { (self.1)(text).map_err(E::custom) }
        }
    }

    deserializer.deserialize_any(Read(expected, parse))
}

const TIMES: [(&str, u64); 6] = [
    ("ns", 1),
    ("us", 1000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A time: `"1.5s"`, `"500ms"`, `"2min"`. A plain number is none: of what?
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Time(pub Duration);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = match u64::try_from(self.0.as_nanos()) {
            Ok(nanoseconds) => in_units(nanoseconds, &TIMES, |number, unit| format!("{number}{unit}")),
            // More than 584 years are no limit.
            Err(_) => "unlimited".to_owned(),
        };
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        let text = String::deserialize(deserializer)?;
        match &*text {
            "unlimited" => Ok(Time(Duration::MAX)),
            text => {
                with_unit(text, "time", &TIMES).map(|time| Time(Duration::from_nanos(time))).map_err(D::Error::custom)
            }
        }
    }
}

/// Flags, as an array of their names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Names<F>(pub F);

impl<F: Flags> Default for Names<F> {
    fn default() -> Names<F> {
        Names(F::empty())
    }
}

impl<F: Flags<Bits: fmt::LowerHex>> Serialize for Names<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = self.0.iter_names();
        let list: Vec<&str> = names.by_ref().map(|(name, _)| name).collect();
        let rest = names.remaining();
        match rest.is_empty() {
            true => list.serialize(serializer),
            false => Err(serde::ser::Error::custom(format!("the bits {:#x} have no name", rest.bits()))),
        }
    }
}

impl<'de, F: Flags> Deserialize<'de> for Names<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names<F>, D::Error> {
        let mut flags = F::empty();
        for name in Vec::<String>::deserialize(deserializer)? {
            flags.insert(F::from_name(&name).ok_or_else(|| {
                let names: Vec<&str> = F::FLAGS.iter().map(|flag| flag.name()).collect();
                D::Error::custom(format!("no flag is {name:?}: there are {}", names.join(", ")))
            })?);
        }
        Ok(Names(flags))
    }
}
