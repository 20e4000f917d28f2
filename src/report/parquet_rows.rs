//! Rows as Parquet: columns with types, rows in groups, empty cells as nulls.
//!
//! Behind the feature `parquet`. The same rows give the same bytes.

use crate::model::{Cents, NaiveDate};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::io;
use std::sync::Arc;

/// Rows of a group: what waits in memory until it is packed.
const GROUP_ROWS: usize = 100_000;
/// Digits of an amount, of which two are cents.
const AMOUNT_DIGITS: i32 = 18;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text (UTF-8).
    Text,
    /// A day (`DATE`).
    Day,
    /// A whole number (`INT64`).
    Count,
    /// Dollars (`DECIMAL(18, 2)`).
    Amount,
}

/// The cells of one column that wait for their group; `None` is a null.
enum Cells {
    Text(Vec<Option<ByteArray>>),
    Day(Vec<Option<i32>>),
    Number(Vec<Option<i64>>),
}

/// A table that grows row by row.
pub struct ParquetRows<W: io::Write + Send> {
    file: SerializedFileWriter<W>,
    cells: Vec<Cells>,
    /// The column of the next cell.
    column: usize,
    rows: usize,
}

impl<W: io::Write + Send> ParquetRows<W> {
    /// Begins a file with these columns.
    pub fn begin(out: W, columns: &[(&str, Kind)]) -> io::Result<ParquetRows<W>> {
        let fields = columns.iter().map(|(name, kind)| field(name, *kind).map(Arc::new));
        let fields = fields.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let schema = Type::group_type_builder("rows").with_fields(fields).build();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("peerclaims".to_owned())
            .build();
        let file =
            SerializedFileWriter::new(out, Arc::new(schema.map_err(failed)?), Arc::new(properties));
        let cells = columns.iter().map(|(_, kind)| match kind {
            Kind::Text => Cells::Text(Vec::new()),
            Kind::Day => Cells::Day(Vec::new()),
            Kind::Count | Kind::Amount => Cells::Number(Vec::new()),
        });
        Ok(ParquetRows { file: file.map_err(failed)?, cells: cells.collect(), column: 0, rows: 0 })
    }

    /// Text, as it is; empty text is a null.
    pub fn text(&mut self, text: &str) {
        if let Some(Cells::Text(cells)) = self.next() {
            cells.push((!text.is_empty()).then(|| ByteArray::from(text)));
        }
    }

    /// A day, or a null.
    pub fn day(&mut self, day: Option<NaiveDate>) {
        if let Some(Cells::Day(cells)) = self.next() {
            let epoch = NaiveDate::default(); // 1970-01-01
            cells.push(day.map(|day| (day - epoch).num_days() as i32));
        }
    }

    /// A whole number, or a null.
    pub fn count(&mut self, value: Option<u64>) {
        if let Some(Cells::Number(cells)) = self.next() {
            cells.push(value.map(|value| i64::try_from(value).unwrap_or(i64::MAX)));
        }
    }

    /// Dollars, or a null.
    pub fn amount(&mut self, amount: Option<Cents>) {
        if let Some(Cells::Number(cells)) = self.next() {
            cells.push(amount.map(|amount| amount.0));
        }
    }

    fn next(&mut self) -> Option<&mut Cells> {
        self.column += 1;
        self.cells.get_mut(self.column - 1)
    }

    /// Ends the row.
    pub fn end_row(&mut self) -> io::Result<()> {
        debug_assert_eq!(self.column, self.cells.len(), "a row has a cell a column");
        self.column = 0;
        self.rows += 1;
        if self.rows >= GROUP_ROWS { self.end_group() } else { Ok(()) }
    }

    fn end_group(&mut self) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group().map_err(failed)?;
        for cells in &mut self.cells {
            match cells {
                Cells::Text(cells) => pack::<W, ByteArrayType>(&mut group, cells)?,
                Cells::Day(cells) => pack::<W, Int32Type>(&mut group, cells)?,
                Cells::Number(cells) => pack::<W, Int64Type>(&mut group, cells)?,
            }
        }
        group.close().map_err(failed)?;
        self.rows = 0;
        Ok(())
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_group()?;
        self.file.into_inner().map_err(failed)
    }
}

fn pack<W: io::Write + Send, T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    cells: &mut Vec<Option<T::T>>,
) -> io::Result<()> {
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<T::T> = cells.drain(..).flatten().collect();
    let Some(mut column) = group.next_column().map_err(failed)? else { return Ok(()) };
    column.typed::<T>().write_batch(&values, Some(&levels), None).map_err(failed)?;
    column.close().map_err(failed)
}

fn field(name: &str, kind: Kind) -> Result<Type, ParquetError> {
    let (physical, logical) = match kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Count => (Physical::INT64, None),
        Kind::Amount => {
            let decimal = LogicalType::decimal(2, AMOUNT_DIGITS);
            (Physical::INT64, Some(decimal))
        }
    };
    let builder = Type::primitive_type_builder(name, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL);
    match kind {
        Kind::Amount => builder.with_precision(AMOUNT_DIGITS).with_scale(2).build(),
        _ => builder.build(),
    }
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}
