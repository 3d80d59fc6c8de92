//! Detects that two people edit the same object: a form contains the values that it was drawn from, and is not saved over newer
//! values of another person. It compares values instead of versions, because nodes of earlier releases do not increment
//! versions.

/// The values that a form was drawn from, in the form's order. The form contains them as JSON, in the control `was`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawn(Vec<String>);

impl Drawn {
    /// Parses the control's value. Without valid values, the form matches nothing that is stored.
    pub fn read(was: &str) -> Self {
        Self(serde_json::from_str(was).unwrap_or_default())
    }

    /// The values as they are now.
    pub fn of(values: &[&str]) -> Self {
        Self(values.iter().map(|value| (*value).to_owned()).collect())
    }

    pub fn write(values: &[&str]) -> String {
        // Strings can always be written as JSON.
        serde_json::to_string(values).unwrap_or_default()
    }

    /// Returns `true` if these are still the stored values.
    pub fn is(&self, stored: &[&str]) -> bool {
        self.0 == stored
    }

    /// Returns `true` if a value was changed both in this form and by another person, to different values.
    pub fn meets(&self, typed: &[&str], stored: &[&str]) -> bool {
        let values = self.0.iter().zip(typed.iter().zip(stored));
        values
            .filter(|(was, (typed, _))| was != typed)
            .any(|(was, (typed, stored))| was != stored && typed != stored)
    }

    /// Copies the values that another person saved in the meantime, except where this form changed the value.
    pub fn rebase(&self, typed: &mut [&mut String], stored: &[&str]) {
        for ((typed, was), stored) in typed.iter_mut().zip(&self.0).zip(stored) {
            // Browsers send line breaks as CR LF.
            if typed.replace("\r\n", "\n") == *was {
                (*stored).clone_into(typed);
            }
        }
    }
}

/// A value that two people set differently, for the page.
pub struct Difference {
    pub label: String,
    pub theirs: String,
    pub yours: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_this_form_stay_and_the_rest_is_theirs() {
        let drawn = Drawn::read(&Drawn::write(&["a", "b\nc", "d"]));
        assert!(drawn.is(&["a", "b\nc", "d"]) && !drawn.is(&["a", "b\nc"]));
        let mut typed = ["a", "b\r\nc", "mine"].map(str::to_owned);
        let [one, two, three] = &mut typed;
        drawn.rebase(&mut [one, two, three], &["A", "B", "D"]);
        assert_eq!(typed, ["A", "B", "mine"]);
    }

    #[test]
    fn two_edits_conflict_if_both_changed_one_value() {
        let drawn = Drawn::read(&Drawn::write(&["a", "b"]));
        assert!(drawn.meets(&["A", "b"], &["x", "b"]));
        assert!(!drawn.meets(&["A", "b"], &["a", "x"]), "each another");
        assert!(!drawn.meets(&["A", "b"], &["A", "b"]), "both the same");
    }

    #[test]
    fn damaged_values_match_nothing() {
        for damaged in ["", "{}", "[1]", "[\"a\""] {
            let drawn = Drawn::read(damaged);
            assert!(!drawn.is(&["a"]));
            let mut typed = "mine".to_owned();
            drawn.rebase(&mut [&mut typed], &["theirs"]);
            assert_eq!(typed, "mine");
        }
    }
}
