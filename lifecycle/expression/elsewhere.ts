/** Names of functions in SQL, pandas and spreadsheets: what does their work here. */
interface Elsewhere {
  readonly names: readonly string[];
  /** The function of ours that does the same. */
  readonly is?: string;
  readonly advice: string;
}

const ELSEWHERE: readonly Elsewhere[] = [
  {
    names: 'lag lead shift diff rolling rolling_mean moving_average ewm cumsum row_number rank ntile'.split(' '),
    advice: 'What looks at other rows is computed where they are read: source: {sql: …} (docs/data.md shows lags).',
  },
  {
    names: 'avg mean sum median std stddev variance var count count_distinct quantile percentile zscore'.split(' '),
    advice:
      'An expression sees one row. `fill`, `clip`, `standardize` learn statistics on the training split; sums over groups are computed in source: {sql: …}.',
  },
  {
    names:
      'year quarter month week day weekday dayofweek day_of_week dow hour minute date_part datepart extract date_trunc strftime datediff date_diff age to_date'.split(
        ' ',
      ),
    advice: 'Parts of a date and the days since one become features by the step `date-parts`.',
  },
  { names: ['iif', 'ifelse', 'case', 'when', 'where', 'np_where'], is: 'if', advice: 'if(condition, then, else)' },
  { names: ['isnull', 'is_null', 'isna', 'is_na', 'isnan', 'is_nan'], is: 'is_missing', advice: 'is_missing(value)' },
  { names: ['nvl', 'ifnull', 'fillna', 'fill_na', 'nullif'], is: 'coalesce', advice: 'coalesce(first, next)' },
  { names: ['len', 'char_length', 'strlen'], is: 'length', advice: 'length(text)' },
  { names: ['ln', 'loge'], is: 'log', advice: 'log(x) is the natural logarithm' },
  { names: ['power'], is: 'pow', advice: 'pow(x, exponent)' },
  { names: ['least', 'minimum'], is: 'min', advice: 'min(x, y)' },
  { names: ['greatest', 'maximum'], is: 'max', advice: 'max(x, y)' },
  { names: ['ceiling'], is: 'ceil', advice: 'ceil(x)' },
  {
    names: 'substr substring left right trim replace split concat regexp_matches regexp_replace strip'.split(' '),
    advice: 'Texts are cut and put together in source: {sql: …}; free text becomes features by `bag-of-words`.',
  },
];

const byName = new Map(ELSEWHERE.flatMap((entry) => entry.names.map((name) => [name, entry] as const)));

/** What to do in place of a function that other languages have. */
export function elsewhere(name: string): { readonly is?: string; readonly advice: string } | undefined {
  return byName.get(name.toLowerCase());
}
