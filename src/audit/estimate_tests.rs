//! The estimate against worked examples of textbooks.

use super::*;

/// Values `(value, how often)` as the lines of one stratum; the examples count in ones.
fn values(counts: &[(u32, usize)]) -> Vec<f64> {
    counts.iter().flat_map(|(value, times)| vec![f64::from(*value); *times]).collect()
}

fn close(left: f64, right: f64, within: f64) -> bool {
    (left - right).abs() <= within
}

/// Cochran, Sampling Techniques, 3rd ed., section 2.7, table 2.1: signatures on 50 of 676 sheets.
/// Estimate 19,888; standard error from s² = 229; 80 % limits 18,107 and 21,669 with 1.28 for t.
#[test]
fn cochrans_petition() {
    let counts = [
        (42, 23),
        (41, 4),
        (36, 1),
        (32, 1),
        (29, 1),
        (27, 2),
        (23, 1),
        (19, 1),
        (16, 2),
        (15, 2),
        (14, 1),
        (11, 1),
        (10, 1),
        (9, 1),
        (7, 1),
        (6, 3),
        (5, 2),
        (4, 1),
        (3, 1),
    ];
    let overpaid = values(&counts);
    assert_eq!((overpaid.len(), overpaid.iter().sum::<f64>()), (50, 1471.0));
    assert_eq!(overpaid.iter().map(|value| value * value).sum::<f64>(), 54497.0);
    let stratum = ReviewedStratum { name: "all".to_owned(), lines: 676, overpaid };
    let found = estimate(&[stratum], 0.80).expect("an estimate");
    assert!(close(found.all.total, 19_888.0, 0.5), "{found:?}");
    // The book rounds s² to 229 and takes the normal 1.28: 1,781 either way.
    assert!(close(1.28 * found.all.standard_error, 21_669.0 - 19_888.0, 2.0), "{found:?}");
    assert_eq!(found.degrees, 49);
    assert!(close(found.t, 1.299_068_784_747_75, 1e-9), "{found:?}");
    assert!(close(found.upper - found.all.total, found.precision(), 1e-6));
}

/// Lines with a given mean and variance: two values, half each (of an odd count one is the mean).
fn with_moments(count: usize, mean: f64, variance: f64) -> Vec<f64> {
    let pairs = count / 2;
    let spread = (variance * (count as f64 - 1.0) / (2.0 * pairs as f64)).sqrt();
    let mut list = vec![mean - spread; pairs];
    list.extend(vec![mean + spread; pairs]);
    list.extend(vec![mean; count % 2]);
    list
}

/// Lohr, Sampling: Design and Analysis, example 3.2: acres of farms in four regions, from the means
/// and variances of the samples. Total 909,736,035 acres, standard error 50,417,248.
#[test]
fn lohrs_farms() {
    let regions = [
        ("northeast", 220, 21, 97_629.8, 7_647_472_708.0),
        ("north central", 1054, 103, 300_504.2, 29_618_183_543.0),
        ("south", 1382, 135, 211_315.0, 53_587_487_856.0),
        ("west", 422, 41, 662_295.5, 396_185_950_266.0),
    ];
    let strata: Vec<ReviewedStratum> = regions
        .into_iter()
        .map(|(name, lines, count, mean, variance)| ReviewedStratum {
            name: name.to_owned(),
            lines,
            overpaid: with_moments(count, mean, variance),
        })
        .collect();
    let found = estimate(&strata, 0.95).expect("an estimate");
    // The means are printed to a tenth of an acre.
    assert!(close(found.all.total, 909_736_035.0, 150.0), "{found:?}");
    assert!(close(found.all.standard_error, 50_417_248.0, 1.0), "{found:?}");
    assert_eq!((found.degrees, found.all.lines, found.all.reviewed), (296, 3078, 300));
}

/// Percentage points of t, as mpmath works them out to 30 digits.
#[test]
fn students_t_is_that_of_the_tables() {
    let table = [
        (0.90, 1, 6.313_751_514_675_043),
        (0.90, 2, 2.919_985_580_353_726),
        (0.90, 10, 1.812_461_122_811_676),
        (0.90, 29, 1.699_127_026_533_497),
        (0.90, 99, 1.660_391_156_016_992),
        (0.95, 10, 2.228_138_851_986_274),
        (0.95, 4, 2.776_445_105_197_794),
        (0.99, 30, 2.749_995_653_567_23),
        (0.90, 1000, 1.646_378_817_285_465),
        (0.90, 100_000, 1.644_868_864_784_97),
    ];
    for (confidence, degrees, expected) in table {
        let found = student_t(confidence, degrees).expect("a quantile");
        assert!(close(found, expected, 1e-8), "{confidence} {degrees}: {found}");
    }
}

#[test]
fn a_frame_reviewed_whole_has_no_error() {
    let stratum = |lines: u64, overpaid: &[f64]| ReviewedStratum {
        name: "s".to_owned(),
        lines,
        overpaid: overpaid.to_vec(),
    };
    let found = estimate(&[stratum(3, &[100.0, 0.0, 50.0])], 0.90).expect("an estimate");
    assert_eq!((found.all.total, found.lower, found.upper), (150.0, 150.0, 150.0));
    let one = estimate(&[stratum(1, &[100.0]), stratum(10, &[0.0, 10.0])], 0.90);
    let one = one.expect("an estimate");
    assert_eq!((one.all.total, one.degrees), (150.0, 1));
    assert!(estimate(&[stratum(10, &[1.0])], 0.90).is_err());
    assert!(estimate(&[stratum(1, &[1.0, 2.0])], 0.90).is_err());
}
