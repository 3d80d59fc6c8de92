//! Pages of a list that is read by its keys. A query loads one row more than a page has: that row says whether another page
//! follows.

/// Where a page begins, by the key of a row beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position<K> {
    Start,
    After(K),
    /// The page ends before this row. Its query walks backward.
    Before(K),
}

/// The number of rows to load for a page of `size` rows.
pub fn limit(size: usize) -> i64 {
    size as i64 + 1
}

/// Cuts the loaded rows to a page. Returns the key of its last row if another page follows.
pub fn cut<T, K>(rows: &mut Vec<T>, size: usize, key: impl FnOnce(&T) -> K) -> Option<K> {
    let follows = rows.len() > size;
    rows.truncate(size);
    rows.last().filter(|_| follows).map(key)
}

/// Cuts rows that were loaded from a position, the nearest first, to a page in the order of the list. Returns the keys of its first
/// and its last row where a page lies before, or follows.
pub fn window<T, K>(
    rows: &mut Vec<T>,
    size: usize,
    position: &Position<K>,
    key: impl Fn(&T) -> K,
) -> (Option<K>, Option<K>) {
    let is_more = rows.len() > size;
    rows.truncate(size);
    let (is_before, is_after) = match position {
        Position::Start => (false, is_more),
        Position::After(_) => (true, is_more),
        Position::Before(_) => {
            rows.reverse();
            (is_more, true)
        }
    };
    let first = rows.first().filter(|_| is_before).map(&key);
    (first, rows.last().filter(|_| is_after).map(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_whether_another_follows() {
        let mut rows = vec![1, 2, 3];
        assert_eq!(cut(&mut rows, 2, |row| *row), Some(2));
        assert_eq!(rows, [1, 2]);
        assert_eq!(cut(&mut rows, 2, |row| *row), None);
        assert_eq!(cut(&mut Vec::new(), 2, |row: &i32| *row), None);
    }

    #[test]
    fn a_page_before_a_row_is_in_the_order_of_the_list() {
        let mut rows = vec![5, 4, 3];
        assert_eq!(window(&mut rows, 2, &Position::Before(6), |row| *row), (Some(4), Some(5)));
        assert_eq!(rows, [4, 5]);
        let mut rows = vec![5, 4];
        assert_eq!(window(&mut rows, 2, &Position::Before(6), |row| *row), (None, Some(5)));
        let mut rows = vec![1, 2, 3];
        assert_eq!(window(&mut rows, 2, &Position::Start, |row| *row), (None, Some(2)));
        let mut rows = vec![3, 4];
        assert_eq!(window(&mut rows, 2, &Position::After(2), |row| *row), (Some(3), None));
    }
}
