//! Two people edit the same thing: a form keeps the values that it was drawn from, and a save on top of somebody else's newer
//! ones is not made. Values are compared rather than versions, which a node of an earlier release would not count up.

/// The values that a form was drawn from, in its order; in the form as JSON, in the control `was`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawn(Vec<String>);

impl Drawn {
    /// A form without them was drawn from nothing that is stored.
    pub fn read(was: &str) -> Self {
        Self(serde_json::from_str(was).unwrap_or_default())
    }

    pub fn write(values: &[&str]) -> String {
        // Strings become JSON in any case.
        serde_json::to_string(values).unwrap_or_default()
    }

    /// Whether they are still what is stored.
    pub fn is(&self, stored: &[&str]) -> bool {
        self.0 == stored
    }

    /// Whether somebody else changed a value that was changed here too, to something else.
    pub fn meets(&self, typed: &[&str], stored: &[&str]) -> bool {
        let values = self.0.iter().zip(typed.iter().zip(stored));
        values
            .filter(|(was, (typed, _))| was != typed)
            .any(|(was, (typed, stored))| was != stored && typed != stored)
    }

    /// Takes over what somebody else saved meanwhile, but for the values that were changed here.
    pub fn rebase(&self, typed: &mut [&mut String], stored: &[&str]) {
        for ((typed, was), stored) in typed.iter_mut().zip(&self.0).zip(stored) {
            // Browsers send line breaks as CR LF.
            if typed.replace("\r\n", "\n") == *was {
                (*stored).clone_into(typed);
            }
        }
    }
}

/// A value that two people left differently, as the page shows it.
pub struct Difference {
    pub label: String,
    pub theirs: String,
    pub yours: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_here_stays_and_the_rest_is_theirs() {
        let drawn = Drawn::read(&Drawn::write(&["a", "b\nc", "d"]));
        assert!(drawn.is(&["a", "b\nc", "d"]) && !drawn.is(&["a", "b\nc"]));
        let mut typed = ["a", "b\r\nc", "mine"].map(str::to_owned);
        let [one, two, three] = &mut typed;
        drawn.rebase(&mut [one, two, three], &["A", "B", "D"]);
        assert_eq!(typed, ["A", "B", "mine"]);
    }

    #[test]
    fn two_meet_where_both_changed_one_value() {
        let drawn = Drawn::read(&Drawn::write(&["a", "b"]));
        assert!(drawn.meets(&["A", "b"], &["x", "b"]));
        assert!(!drawn.meets(&["A", "b"], &["a", "x"]), "each another");
        assert!(!drawn.meets(&["A", "b"], &["A", "b"]), "both the same");
    }

    #[test]
    fn a_damaged_one_is_that_of_nothing() {
        for damaged in ["", "{}", "[1]", "[\"a\""] {
            let drawn = Drawn::read(damaged);
            assert!(!drawn.is(&["a"]));
            let mut typed = "mine".to_owned();
            drawn.rebase(&mut [&mut typed], &["theirs"]);
            assert_eq!(typed, "mine");
        }
    }
}
