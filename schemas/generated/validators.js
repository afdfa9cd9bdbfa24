/* Generated from schemas/ by `npm run generate`. Do not edit. */
"use strict";
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  "node_modules/ajv/dist/runtime/ucs2length.js"(exports2) {
    "use strict";
    Object.defineProperty(exports2, "__esModule", { value: true });
    function ucs2length(str) {
      const len = str.length;
      let length = 0;
      let pos = 0;
      let value;
      while (pos < len) {
        length++;
        value = str.charCodeAt(pos++);
        if (value >= 55296 && value <= 56319 && pos < len) {
          value = str.charCodeAt(pos);
          if ((value & 64512) === 56320)
            pos++;
        }
      }
      return length;
    }
    exports2.default = ucs2length;
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default';
  }
});

// <stdin>
exports.validatePipeline = validate10;
var schema13 = { "type": ["string", "number", "boolean", "null"], "description": "A plain value: text, a number, true, false or null." };
var func2 = require_ucs2length().default;
var pattern0 = new RegExp("^[A-Za-z][A-Za-z0-9_-]*$", "u");
var pattern1 = new RegExp("^[A-Za-z_][A-Za-z0-9_-]*$", "u");
var schema16 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "data", "title": "DataStage", "description": "Reads data, cleans rows, splits, and learns the features that the served model will carry.", "type": "object", "additionalProperties": false, "required": ["kind", "source"], "x-outputs": { "train": "Rows of the training split, with the features.", "validation": "Rows of the validation split.", "test": "Rows of the test split." }, "properties": { "kind": { "const": "data", "description": "Reads and prepares data." }, "description": { "type": "string", "x-cosmetic": true, "description": "What this stage is for. Changes re-run nothing." }, "source": { "description": "Where the rows come from: a file, a glob of files, or a query. Paths are relative to the pipeline file.", "anyOf": [{ "type": "string", "x-file": "data", "minLength": 1, "description": "A file or glob: CSV, TSV, JSON lines or Parquet, also gzip or zstd compressed.", "examples": ["data/customers.csv", "logs/*.parquet"] }, { "$ref": "#/$defs/FileSource" }, { "$ref": "#/$defs/SqlSource" }] }, "target": { "description": "The column to predict. Its values decide the task unless `task` states it.", "anyOf": [{ "type": "string", "x-column": "any", "description": "The column to predict." }, { "$ref": "#/$defs/TargetColumn" }] }, "columns": { "$ref": "#/$defs/ColumnRoles" }, "rows": { "type": "array", "description": "Steps on whole rows, before the split; never part of the served model.", "items": { "$ref": "#/$defs/RowStep" } }, "split": { "$ref": "#/$defs/Split" }, "features": { "type": "array", "description": "Steps that make the model's features, in order. Statistics are learnt on the training split only, and the served model carries every step.", "items": { "$ref": "#/$defs/FeatureStep" } }, "expect": { "type": "array", "description": "What the data must look like after the row steps. A broken expectation stops the run and shows the offending rows.", "items": { "$ref": "#/$defs/Expectation" } } }, "$defs": { "FileSource": { "type": "object", "additionalProperties": false, "required": ["file"], "description": "Files with reading options.", "properties": { "file": { "description": "A file, a glob, or a list of them.", "anyOf": [{ "type": "string", "x-file": "data", "minLength": 1, "description": "A file or glob." }, { "type": "array", "minItems": 1, "items": { "type": "string", "x-file": "data" }, "description": "Several files or globs." }] }, "format": { "type": "string", "enum": ["csv", "tsv", "jsonl", "parquet"], "description": "Format of the files. Without it the file name's ending decides." }, "delimiter": { "type": "string", "minLength": 1, "maxLength": 4, "description": "Column separator of CSV files. Without it it is found out.", "examples": [";"] }, "header": { "type": "boolean", "default": true, "description": "Whether the first line of a CSV file holds the column names." }, "encoding": { "type": "string", "enum": ["utf-8", "latin-1", "utf-16"], "default": "utf-8", "description": "Character encoding of CSV files." }, "missing": { "type": "array", "items": { "type": "string" }, "default": [""], "description": "Texts that mean a missing value.", "examples": [["", "NA", "?"]] } } }, "SqlSource": { "type": "object", "additionalProperties": false, "required": ["sql"], "description": "A DuckDB query over local files. The only place where free SQL stands.", "properties": { "sql": { "type": "string", "minLength": 1, "description": "A single SELECT statement in DuckDB's SQL. Files are named as in `select * from 'data/*.csv'`.", "examples": ["select * from 'data/a.csv' join 'data/b.csv' using (id)"] }, "files": { "type": "array", "items": { "type": "string", "x-file": "data" }, "description": "The files that the query reads; the stage re-runs when their content changes. Without it the files quoted in the query are used." } } }, "TargetColumn": { "type": "object", "additionalProperties": false, "required": ["column"], "description": "The column to predict and how.", "properties": { "column": { "type": "string", "x-column": "any", "description": "The column to predict." }, "positive": { "$ref": "common#/$defs/Scalar", "x-column-value": "target", "description": "The value that counts as positive in a two-class task. Without it the value that sorts last.", "examples": ["Yes", 1] }, "task": { "$ref": "common#/$defs/Task", "description": "The task. Without it: two distinct values binary, text or up to 20 whole-number values multiclass, else regression." } } }, "ColumnRoles": { "type": "object", "additionalProperties": false, "description": "Roles and types of columns. Every column without a role is a feature.", "properties": { "id": { "description": "Columns that identify a row; kept beside predictions and never a feature.", "anyOf": [{ "type": "string", "x-column": "any", "description": "One column." }, { "type": "array", "items": { "type": "string", "x-column": "any" }, "description": "Several columns." }] }, "drop": { "type": "array", "items": { "type": "string", "x-column": "any" }, "description": "Columns that are not read any further." }, "sensitive": { "type": "array", "items": { "type": "string", "x-column": "any" }, "description": "Protected attributes, used to assess fairness. They remain features unless listed under `exclude`." }, "exclude": { "type": "array", "items": { "type": "string", "x-column": "any" }, "description": "Columns kept for filters, splits and fairness but never a feature." }, "time": { "type": "string", "x-column": "any", "description": "Column that orders the rows in time; never a feature." }, "group": { "type": "string", "x-column": "any", "description": "Column whose equal values stay in one split; never a feature." }, "types": { "type": "object", "x-column-keys": true, "additionalProperties": { "$ref": "common#/$defs/ColumnType" }, "description": "Types that override what was found in the file." } } }, "RowStep": { "description": "One step on rows: `drop-duplicates`, `drop-missing`, or a map with one entry.", "anyOf": [{ "type": "string", "enum": ["drop-duplicates", "drop-missing"], "description": "A step without options." }, { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "x-one-of-keys": true, "description": "A step with options.", "properties": { "drop-duplicates": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Keeps the first of rows that agree on the columns.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "drop-missing": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Drops rows with a missing value in any of the columns.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "filter": { "type": "string", "minLength": 1, "x-expression": "row", "description": "Keeps the rows for which the expression is true.", "examples": ["tenure >= 0"] }, "sample": { "type": "object", "additionalProperties": false, "description": "Keeps a random sample.", "minProperties": 1, "maxProperties": 1, "properties": { "fraction": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "Share of the rows to keep." }, "rows": { "type": "integer", "minimum": 1, "description": "Number of rows to keep." } } } } }] }, "Split": { "type": "object", "additionalProperties": false, "description": "How rows are divided. The same seed gives the same split, whatever the order of the file's rows.", "properties": { "train": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.7, "description": "Share of the training split." }, "validation": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.15, "description": "Share of the validation split, on which models are chosen." }, "test": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.15, "description": "Share of the test split, used once by the gate." }, "stratify": { "type": "string", "x-column": "any", "description": "Column whose value shares are kept equal in all splits; usually the target of a classification." }, "group": { "type": "string", "x-column": "any", "description": "Column whose equal values all land in the same split." }, "time": { "type": "string", "x-column": "any", "description": "Column that orders rows: the oldest are trained on, the newest tested on." }, "seed": { "type": "integer", "minimum": 0, "maximum": 4294967295, "description": "Seed of the split. Without it the pipeline's seed." } } }, "FeatureStep": { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "x-one-of-keys": true, "description": "One step that makes features: a map with one entry.", "properties": { "fill": { "type": "object", "additionalProperties": false, "required": ["columns", "with"], "description": "Replaces missing values.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" }, "with": { "description": "`mean`, `median` or `mode` of the training split, or a value given as `{value: \u2026}`.", "anyOf": [{ "type": "string", "enum": ["mean", "median", "mode"], "description": "A statistic of the training split." }, { "type": "object", "additionalProperties": false, "required": ["value"], "description": "A fixed value.", "properties": { "value": { "type": ["number", "string", "boolean"], "description": "The value to put in." } } }] } } }, "clip": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Limits numbers to a range; missing values stay missing.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" }, "quantiles": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number", "minimum": 0, "maximum": 1 }, "description": "Lower and upper quantile of the training split.", "examples": [[0.01, 0.99]] }, "range": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number" }, "description": "Lower and upper limit." } } }, "derive": { "type": "object", "minProperties": 1, "additionalProperties": { "type": "string", "minLength": 1, "x-expression": "row" }, "description": "New columns by expression over the columns before it, row by row.", "examples": [{ "charge_per_month": "total_charges / max(tenure, 1)" }] }, "standardize": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Subtracts the mean and divides by the standard deviation of the training split (1 where that is 0).", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "min-max": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Scales to 0\u20261 by the smallest and largest value of the training split.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "one-hot": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "One 0/1 feature for each category of the training split. A category unseen in training gives zeros.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" }, "max-categories": { "type": "integer", "minimum": 1, "maximum": 1e4, "default": 100, "description": "Keeps the most frequent categories; the others give zeros." } } }, "ordinal": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "One whole number a category, in order. A category unseen in training gives -1.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" }, "order": { "type": "array", "minItems": 1, "items": { "type": "string" }, "description": "The categories from lowest to highest. Without it the training split's, sorted." } } }, "missing-indicator": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Adds for each column a 0/1 feature NAME_missing.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "drop": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Columns that are no feature from here on.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } } } }, "Expectation": { "type": "object", "additionalProperties": false, "minProperties": 1, "description": "One thing the data must fulfil.", "properties": { "column": { "type": "string", "x-column": "any", "description": "The column that this is about." }, "between": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": ["number", "null"] }, "description": "Smallest and largest allowed value, null for no limit." }, "in": { "type": "array", "minItems": 1, "items": { "$ref": "common#/$defs/Scalar" }, "description": "The allowed values." }, "type": { "$ref": "common#/$defs/ColumnType" }, "not-null": { "const": true, "description": "No value may be missing." }, "unique": { "const": true, "description": "No value may occur twice." }, "where": { "type": "string", "x-expression": "row", "description": "An expression that must be true for each row." }, "rows": { "type": "object", "additionalProperties": false, "minProperties": 1, "description": "How many rows there must be.", "properties": { "min": { "type": "integer", "minimum": 0, "description": "At least." }, "max": { "type": "integer", "minimum": 0, "description": "At most." } } }, "allow": { "type": "number", "minimum": 0, "maximum": 1, "default": 0, "description": "Share of rows that may break this expectation." }, "severity": { "type": "string", "enum": ["stop", "warn"], "default": "stop", "description": "Whether a broken expectation stops the run or only warns." } } } } };
var schema17 = { "type": "object", "additionalProperties": false, "required": ["file"], "description": "Files with reading options.", "properties": { "file": { "description": "A file, a glob, or a list of them.", "anyOf": [{ "type": "string", "x-file": "data", "minLength": 1, "description": "A file or glob." }, { "type": "array", "minItems": 1, "items": { "type": "string", "x-file": "data" }, "description": "Several files or globs." }] }, "format": { "type": "string", "enum": ["csv", "tsv", "jsonl", "parquet"], "description": "Format of the files. Without it the file name's ending decides." }, "delimiter": { "type": "string", "minLength": 1, "maxLength": 4, "description": "Column separator of CSV files. Without it it is found out.", "examples": [";"] }, "header": { "type": "boolean", "default": true, "description": "Whether the first line of a CSV file holds the column names." }, "encoding": { "type": "string", "enum": ["utf-8", "latin-1", "utf-16"], "default": "utf-8", "description": "Character encoding of CSV files." }, "missing": { "type": "array", "items": { "type": "string" }, "default": [""], "description": "Texts that mean a missing value.", "examples": [["", "NA", "?"]] } } };
var func3 = Object.prototype.hasOwnProperty;
var schema21 = { "type": "string", "enum": ["binary", "multiclass", "regression"], "description": "What the model predicts." };
function validate14(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.column === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "column" }, message: "must have required property 'column'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "column" || key0 === "positive" || key0 === "task")) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.column !== void 0) {
      if (typeof data.column !== "string") {
        const err2 = { instancePath: instancePath + "/column", schemaPath: "#/properties/column/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.positive !== void 0) {
      let data1 = data.positive;
      if (typeof data1 !== "string" && !(typeof data1 == "number" && isFinite(data1)) && typeof data1 !== "boolean" && data1 !== null) {
        const err3 = { instancePath: instancePath + "/positive", schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.task !== void 0) {
      let data2 = data.task;
      if (typeof data2 !== "string") {
        const err4 = { instancePath: instancePath + "/task", schemaPath: "common#/$defs/Task/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (!(data2 === "binary" || data2 === "multiclass" || data2 === "regression")) {
        const err5 = { instancePath: instancePath + "/task", schemaPath: "common#/$defs/Task/enum", keyword: "enum", params: { allowedValues: schema21.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
  } else {
    const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err6];
    } else {
      vErrors.push(err6);
    }
    errors++;
  }
  validate14.errors = vErrors;
  return errors === 0;
}
var schema23 = { "type": "string", "enum": ["number", "text", "boolean", "time"], "description": "Type of a column: number (any numeric type), text, boolean, or time (dates and timestamps)." };
function validate16(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "id" || key0 === "drop" || key0 === "sensitive" || key0 === "exclude" || key0 === "time" || key0 === "group" || key0 === "types")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.id !== void 0) {
      let data0 = data.id;
      const _errs3 = errors;
      let valid1 = false;
      const _errs4 = errors;
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/id", schemaPath: "#/properties/id/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      var _valid0 = _errs4 === errors;
      valid1 = valid1 || _valid0;
      if (!valid1) {
        const _errs6 = errors;
        if (Array.isArray(data0)) {
          const len0 = data0.length;
          for (let i0 = 0; i0 < len0; i0++) {
            if (typeof data0[i0] !== "string") {
              const err2 = { instancePath: instancePath + "/id/" + i0, schemaPath: "#/properties/id/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err2];
              } else {
                vErrors.push(err2);
              }
              errors++;
            }
          }
        } else {
          const err3 = { instancePath: instancePath + "/id", schemaPath: "#/properties/id/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        var _valid0 = _errs6 === errors;
        valid1 = valid1 || _valid0;
      }
      if (!valid1) {
        const err4 = { instancePath: instancePath + "/id", schemaPath: "#/properties/id/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      } else {
        errors = _errs3;
        if (vErrors !== null) {
          if (_errs3) {
            vErrors.length = _errs3;
          } else {
            vErrors = null;
          }
        }
      }
    }
    if (data.drop !== void 0) {
      let data2 = data.drop;
      if (Array.isArray(data2)) {
        const len1 = data2.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (typeof data2[i1] !== "string") {
            const err5 = { instancePath: instancePath + "/drop/" + i1, schemaPath: "#/properties/drop/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/drop", schemaPath: "#/properties/drop/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.sensitive !== void 0) {
      let data4 = data.sensitive;
      if (Array.isArray(data4)) {
        const len2 = data4.length;
        for (let i2 = 0; i2 < len2; i2++) {
          if (typeof data4[i2] !== "string") {
            const err7 = { instancePath: instancePath + "/sensitive/" + i2, schemaPath: "#/properties/sensitive/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/sensitive", schemaPath: "#/properties/sensitive/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.exclude !== void 0) {
      let data6 = data.exclude;
      if (Array.isArray(data6)) {
        const len3 = data6.length;
        for (let i3 = 0; i3 < len3; i3++) {
          if (typeof data6[i3] !== "string") {
            const err9 = { instancePath: instancePath + "/exclude/" + i3, schemaPath: "#/properties/exclude/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/exclude", schemaPath: "#/properties/exclude/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.time !== void 0) {
      if (typeof data.time !== "string") {
        const err11 = { instancePath: instancePath + "/time", schemaPath: "#/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.group !== void 0) {
      if (typeof data.group !== "string") {
        const err12 = { instancePath: instancePath + "/group", schemaPath: "#/properties/group/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.types !== void 0) {
      let data10 = data.types;
      if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
        for (const key1 in data10) {
          let data11 = data10[key1];
          if (typeof data11 !== "string") {
            const err13 = { instancePath: instancePath + "/types/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/ColumnType/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
          if (!(data11 === "number" || data11 === "text" || data11 === "boolean" || data11 === "time")) {
            const err14 = { instancePath: instancePath + "/types/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/ColumnType/enum", keyword: "enum", params: { allowedValues: schema23.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/types", schemaPath: "#/properties/types/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
  } else {
    const err16 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err16];
    } else {
      vErrors.push(err16);
    }
    errors++;
  }
  validate16.errors = vErrors;
  return errors === 0;
}
var schema24 = { "description": "One step on rows: `drop-duplicates`, `drop-missing`, or a map with one entry.", "anyOf": [{ "type": "string", "enum": ["drop-duplicates", "drop-missing"], "description": "A step without options." }, { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "x-one-of-keys": true, "description": "A step with options.", "properties": { "drop-duplicates": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Keeps the first of rows that agree on the columns.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "drop-missing": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Drops rows with a missing value in any of the columns.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "filter": { "type": "string", "minLength": 1, "x-expression": "row", "description": "Keeps the rows for which the expression is true.", "examples": ["tenure >= 0"] }, "sample": { "type": "object", "additionalProperties": false, "description": "Keeps a random sample.", "minProperties": 1, "maxProperties": 1, "properties": { "fraction": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "Share of the rows to keep." }, "rows": { "type": "integer", "minimum": 1, "description": "Number of rows to keep." } } } } }] };
function validate18(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  const _errs0 = errors;
  let valid0 = false;
  const _errs1 = errors;
  if (typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (!(data === "drop-duplicates" || data === "drop-missing")) {
    const err1 = { instancePath, schemaPath: "#/anyOf/0/enum", keyword: "enum", params: { allowedValues: schema24.anyOf[0].enum }, message: "must be equal to one of the allowed values" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  var _valid0 = _errs1 === errors;
  valid0 = valid0 || _valid0;
  if (!valid0) {
    const _errs3 = errors;
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (Object.keys(data).length > 1) {
        const err2 = { instancePath, schemaPath: "#/anyOf/1/maxProperties", keyword: "maxProperties", params: { limit: 1 }, message: "must NOT have more than 1 properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      if (Object.keys(data).length < 1) {
        const err3 = { instancePath, schemaPath: "#/anyOf/1/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
      for (const key0 in data) {
        if (!(key0 === "drop-duplicates" || key0 === "drop-missing" || key0 === "filter" || key0 === "sample")) {
          const err4 = { instancePath, schemaPath: "#/anyOf/1/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      }
      if (data["drop-duplicates"] !== void 0) {
        let data0 = data["drop-duplicates"];
        if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
          if (data0.columns === void 0) {
            const err5 = { instancePath: instancePath + "/drop-duplicates", schemaPath: "#/anyOf/1/properties/drop-duplicates/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
          for (const key1 in data0) {
            if (!(key1 === "columns")) {
              const err6 = { instancePath: instancePath + "/drop-duplicates", schemaPath: "#/anyOf/1/properties/drop-duplicates/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
          }
          if (data0.columns !== void 0) {
            let data1 = data0.columns;
            const _errs11 = errors;
            let valid4 = false;
            const _errs12 = errors;
            if (typeof data1 !== "string") {
              const err7 = { instancePath: instancePath + "/drop-duplicates/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
            var _valid1 = _errs12 === errors;
            valid4 = valid4 || _valid1;
            if (!valid4) {
              const _errs14 = errors;
              if (Array.isArray(data1)) {
                if (data1.length < 1) {
                  const err8 = { instancePath: instancePath + "/drop-duplicates/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err8];
                  } else {
                    vErrors.push(err8);
                  }
                  errors++;
                }
                const len0 = data1.length;
                for (let i0 = 0; i0 < len0; i0++) {
                  if (typeof data1[i0] !== "string") {
                    const err9 = { instancePath: instancePath + "/drop-duplicates/columns/" + i0, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err9];
                    } else {
                      vErrors.push(err9);
                    }
                    errors++;
                  }
                }
              } else {
                const err10 = { instancePath: instancePath + "/drop-duplicates/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err10];
                } else {
                  vErrors.push(err10);
                }
                errors++;
              }
              var _valid1 = _errs14 === errors;
              valid4 = valid4 || _valid1;
            }
            if (!valid4) {
              const err11 = { instancePath: instancePath + "/drop-duplicates/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
              if (vErrors === null) {
                vErrors = [err11];
              } else {
                vErrors.push(err11);
              }
              errors++;
            } else {
              errors = _errs11;
              if (vErrors !== null) {
                if (_errs11) {
                  vErrors.length = _errs11;
                } else {
                  vErrors = null;
                }
              }
            }
          }
        } else {
          const err12 = { instancePath: instancePath + "/drop-duplicates", schemaPath: "#/anyOf/1/properties/drop-duplicates/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
      }
      if (data["drop-missing"] !== void 0) {
        let data3 = data["drop-missing"];
        if (data3 && typeof data3 == "object" && !Array.isArray(data3)) {
          if (data3.columns === void 0) {
            const err13 = { instancePath: instancePath + "/drop-missing", schemaPath: "#/anyOf/1/properties/drop-missing/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
          for (const key2 in data3) {
            if (!(key2 === "columns")) {
              const err14 = { instancePath: instancePath + "/drop-missing", schemaPath: "#/anyOf/1/properties/drop-missing/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            }
          }
          if (data3.columns !== void 0) {
            let data4 = data3.columns;
            const _errs23 = errors;
            let valid9 = false;
            const _errs24 = errors;
            if (typeof data4 !== "string") {
              const err15 = { instancePath: instancePath + "/drop-missing/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
            var _valid2 = _errs24 === errors;
            valid9 = valid9 || _valid2;
            if (!valid9) {
              const _errs26 = errors;
              if (Array.isArray(data4)) {
                if (data4.length < 1) {
                  const err16 = { instancePath: instancePath + "/drop-missing/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err16];
                  } else {
                    vErrors.push(err16);
                  }
                  errors++;
                }
                const len1 = data4.length;
                for (let i1 = 0; i1 < len1; i1++) {
                  if (typeof data4[i1] !== "string") {
                    const err17 = { instancePath: instancePath + "/drop-missing/columns/" + i1, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err17];
                    } else {
                      vErrors.push(err17);
                    }
                    errors++;
                  }
                }
              } else {
                const err18 = { instancePath: instancePath + "/drop-missing/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
              var _valid2 = _errs26 === errors;
              valid9 = valid9 || _valid2;
            }
            if (!valid9) {
              const err19 = { instancePath: instancePath + "/drop-missing/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
              if (vErrors === null) {
                vErrors = [err19];
              } else {
                vErrors.push(err19);
              }
              errors++;
            } else {
              errors = _errs23;
              if (vErrors !== null) {
                if (_errs23) {
                  vErrors.length = _errs23;
                } else {
                  vErrors = null;
                }
              }
            }
          }
        } else {
          const err20 = { instancePath: instancePath + "/drop-missing", schemaPath: "#/anyOf/1/properties/drop-missing/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
      }
      if (data.filter !== void 0) {
        let data6 = data.filter;
        if (typeof data6 === "string") {
          if (func2(data6) < 1) {
            const err21 = { instancePath: instancePath + "/filter", schemaPath: "#/anyOf/1/properties/filter/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        } else {
          const err22 = { instancePath: instancePath + "/filter", schemaPath: "#/anyOf/1/properties/filter/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
      }
      if (data.sample !== void 0) {
        let data7 = data.sample;
        if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
          if (Object.keys(data7).length > 1) {
            const err23 = { instancePath: instancePath + "/sample", schemaPath: "#/anyOf/1/properties/sample/maxProperties", keyword: "maxProperties", params: { limit: 1 }, message: "must NOT have more than 1 properties" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
          if (Object.keys(data7).length < 1) {
            const err24 = { instancePath: instancePath + "/sample", schemaPath: "#/anyOf/1/properties/sample/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
          for (const key3 in data7) {
            if (!(key3 === "fraction" || key3 === "rows")) {
              const err25 = { instancePath: instancePath + "/sample", schemaPath: "#/anyOf/1/properties/sample/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err25];
              } else {
                vErrors.push(err25);
              }
              errors++;
            }
          }
          if (data7.fraction !== void 0) {
            let data8 = data7.fraction;
            if (typeof data8 == "number" && isFinite(data8)) {
              if (data8 > 1 || isNaN(data8)) {
                const err26 = { instancePath: instancePath + "/sample/fraction", schemaPath: "#/anyOf/1/properties/sample/properties/fraction/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
              if (data8 <= 0 || isNaN(data8)) {
                const err27 = { instancePath: instancePath + "/sample/fraction", schemaPath: "#/anyOf/1/properties/sample/properties/fraction/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
                if (vErrors === null) {
                  vErrors = [err27];
                } else {
                  vErrors.push(err27);
                }
                errors++;
              }
            } else {
              const err28 = { instancePath: instancePath + "/sample/fraction", schemaPath: "#/anyOf/1/properties/sample/properties/fraction/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err28];
              } else {
                vErrors.push(err28);
              }
              errors++;
            }
          }
          if (data7.rows !== void 0) {
            let data9 = data7.rows;
            if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
              const err29 = { instancePath: instancePath + "/sample/rows", schemaPath: "#/anyOf/1/properties/sample/properties/rows/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
            if (typeof data9 == "number" && isFinite(data9)) {
              if (data9 < 1 || isNaN(data9)) {
                const err30 = { instancePath: instancePath + "/sample/rows", schemaPath: "#/anyOf/1/properties/sample/properties/rows/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                if (vErrors === null) {
                  vErrors = [err30];
                } else {
                  vErrors.push(err30);
                }
                errors++;
              }
            }
          }
        } else {
          const err31 = { instancePath: instancePath + "/sample", schemaPath: "#/anyOf/1/properties/sample/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err31];
          } else {
            vErrors.push(err31);
          }
          errors++;
        }
      }
    } else {
      const err32 = { instancePath, schemaPath: "#/anyOf/1/type", keyword: "type", params: { type: "object" }, message: "must be object" };
      if (vErrors === null) {
        vErrors = [err32];
      } else {
        vErrors.push(err32);
      }
      errors++;
    }
    var _valid0 = _errs3 === errors;
    valid0 = valid0 || _valid0;
  }
  if (!valid0) {
    const err33 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    if (vErrors === null) {
      vErrors = [err33];
    } else {
      vErrors.push(err33);
    }
    errors++;
  } else {
    errors = _errs0;
    if (vErrors !== null) {
      if (_errs0) {
        vErrors.length = _errs0;
      } else {
        vErrors = null;
      }
    }
  }
  validate18.errors = vErrors;
  return errors === 0;
}
var schema28 = { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "x-one-of-keys": true, "description": "One step that makes features: a map with one entry.", "properties": { "fill": { "type": "object", "additionalProperties": false, "required": ["columns", "with"], "description": "Replaces missing values.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" }, "with": { "description": "`mean`, `median` or `mode` of the training split, or a value given as `{value: \u2026}`.", "anyOf": [{ "type": "string", "enum": ["mean", "median", "mode"], "description": "A statistic of the training split." }, { "type": "object", "additionalProperties": false, "required": ["value"], "description": "A fixed value.", "properties": { "value": { "type": ["number", "string", "boolean"], "description": "The value to put in." } } }] } } }, "clip": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Limits numbers to a range; missing values stay missing.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" }, "quantiles": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number", "minimum": 0, "maximum": 1 }, "description": "Lower and upper quantile of the training split.", "examples": [[0.01, 0.99]] }, "range": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number" }, "description": "Lower and upper limit." } } }, "derive": { "type": "object", "minProperties": 1, "additionalProperties": { "type": "string", "minLength": 1, "x-expression": "row" }, "description": "New columns by expression over the columns before it, row by row.", "examples": [{ "charge_per_month": "total_charges / max(tenure, 1)" }] }, "standardize": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Subtracts the mean and divides by the standard deviation of the training split (1 where that is 0).", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "min-max": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Scales to 0\u20261 by the smallest and largest value of the training split.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "one-hot": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "One 0/1 feature for each category of the training split. A category unseen in training gives zeros.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" }, "max-categories": { "type": "integer", "minimum": 1, "maximum": 1e4, "default": 100, "description": "Keeps the most frequent categories; the others give zeros." } } }, "ordinal": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "One whole number a category, in order. A category unseen in training gives -1.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" }, "order": { "type": "array", "minItems": 1, "items": { "type": "string" }, "description": "The categories from lowest to highest. Without it the training split's, sorted." } } }, "missing-indicator": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Adds for each column a 0/1 feature NAME_missing.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } }, "drop": { "type": "object", "additionalProperties": false, "required": ["columns"], "description": "Columns that are no feature from here on.", "properties": { "columns": { "$ref": "common#/$defs/ColumnList" } } } } };
function validate20(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (Object.keys(data).length > 1) {
      const err0 = { instancePath, schemaPath: "#/maxProperties", keyword: "maxProperties", params: { limit: 1 }, message: "must NOT have more than 1 properties" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (Object.keys(data).length < 1) {
      const err1 = { instancePath, schemaPath: "#/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema28.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.fill !== void 0) {
      let data0 = data.fill;
      if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
        if (data0.columns === void 0) {
          const err3 = { instancePath: instancePath + "/fill", schemaPath: "#/properties/fill/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        if (data0.with === void 0) {
          const err4 = { instancePath: instancePath + "/fill", schemaPath: "#/properties/fill/required", keyword: "required", params: { missingProperty: "with" }, message: "must have required property 'with'" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        for (const key1 in data0) {
          if (!(key1 === "columns" || key1 === "with")) {
            const err5 = { instancePath: instancePath + "/fill", schemaPath: "#/properties/fill/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        if (data0.columns !== void 0) {
          let data1 = data0.columns;
          const _errs7 = errors;
          let valid3 = false;
          const _errs8 = errors;
          if (typeof data1 !== "string") {
            const err6 = { instancePath: instancePath + "/fill/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err6];
            } else {
              vErrors.push(err6);
            }
            errors++;
          }
          var _valid0 = _errs8 === errors;
          valid3 = valid3 || _valid0;
          if (!valid3) {
            const _errs10 = errors;
            if (Array.isArray(data1)) {
              if (data1.length < 1) {
                const err7 = { instancePath: instancePath + "/fill/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err7];
                } else {
                  vErrors.push(err7);
                }
                errors++;
              }
              const len0 = data1.length;
              for (let i0 = 0; i0 < len0; i0++) {
                if (typeof data1[i0] !== "string") {
                  const err8 = { instancePath: instancePath + "/fill/columns/" + i0, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err8];
                  } else {
                    vErrors.push(err8);
                  }
                  errors++;
                }
              }
            } else {
              const err9 = { instancePath: instancePath + "/fill/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err9];
              } else {
                vErrors.push(err9);
              }
              errors++;
            }
            var _valid0 = _errs10 === errors;
            valid3 = valid3 || _valid0;
          }
          if (!valid3) {
            const err10 = { instancePath: instancePath + "/fill/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          } else {
            errors = _errs7;
            if (vErrors !== null) {
              if (_errs7) {
                vErrors.length = _errs7;
              } else {
                vErrors = null;
              }
            }
          }
        }
        if (data0.with !== void 0) {
          let data3 = data0.with;
          const _errs15 = errors;
          let valid6 = false;
          const _errs16 = errors;
          if (typeof data3 !== "string") {
            const err11 = { instancePath: instancePath + "/fill/with", schemaPath: "#/properties/fill/properties/with/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
          if (!(data3 === "mean" || data3 === "median" || data3 === "mode")) {
            const err12 = { instancePath: instancePath + "/fill/with", schemaPath: "#/properties/fill/properties/with/anyOf/0/enum", keyword: "enum", params: { allowedValues: schema28.properties.fill.properties.with.anyOf[0].enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
          var _valid1 = _errs16 === errors;
          valid6 = valid6 || _valid1;
          if (!valid6) {
            const _errs18 = errors;
            if (data3 && typeof data3 == "object" && !Array.isArray(data3)) {
              if (data3.value === void 0) {
                const err13 = { instancePath: instancePath + "/fill/with", schemaPath: "#/properties/fill/properties/with/anyOf/1/required", keyword: "required", params: { missingProperty: "value" }, message: "must have required property 'value'" };
                if (vErrors === null) {
                  vErrors = [err13];
                } else {
                  vErrors.push(err13);
                }
                errors++;
              }
              for (const key2 in data3) {
                if (!(key2 === "value")) {
                  const err14 = { instancePath: instancePath + "/fill/with", schemaPath: "#/properties/fill/properties/with/anyOf/1/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                  if (vErrors === null) {
                    vErrors = [err14];
                  } else {
                    vErrors.push(err14);
                  }
                  errors++;
                }
              }
              if (data3.value !== void 0) {
                let data4 = data3.value;
                if (!(typeof data4 == "number" && isFinite(data4)) && typeof data4 !== "string" && typeof data4 !== "boolean") {
                  const err15 = { instancePath: instancePath + "/fill/with/value", schemaPath: "#/properties/fill/properties/with/anyOf/1/properties/value/type", keyword: "type", params: { type: schema28.properties.fill.properties.with.anyOf[1].properties.value.type }, message: "must be number,string,boolean" };
                  if (vErrors === null) {
                    vErrors = [err15];
                  } else {
                    vErrors.push(err15);
                  }
                  errors++;
                }
              }
            } else {
              const err16 = { instancePath: instancePath + "/fill/with", schemaPath: "#/properties/fill/properties/with/anyOf/1/type", keyword: "type", params: { type: "object" }, message: "must be object" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
            var _valid1 = _errs18 === errors;
            valid6 = valid6 || _valid1;
          }
          if (!valid6) {
            const err17 = { instancePath: instancePath + "/fill/with", schemaPath: "#/properties/fill/properties/with/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          } else {
            errors = _errs15;
            if (vErrors !== null) {
              if (_errs15) {
                vErrors.length = _errs15;
              } else {
                vErrors = null;
              }
            }
          }
        }
      } else {
        const err18 = { instancePath: instancePath + "/fill", schemaPath: "#/properties/fill/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.clip !== void 0) {
      let data5 = data.clip;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        if (data5.columns === void 0) {
          const err19 = { instancePath: instancePath + "/clip", schemaPath: "#/properties/clip/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
        for (const key3 in data5) {
          if (!(key3 === "columns" || key3 === "quantiles" || key3 === "range")) {
            const err20 = { instancePath: instancePath + "/clip", schemaPath: "#/properties/clip/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
        }
        if (data5.columns !== void 0) {
          let data6 = data5.columns;
          const _errs28 = errors;
          let valid10 = false;
          const _errs29 = errors;
          if (typeof data6 !== "string") {
            const err21 = { instancePath: instancePath + "/clip/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
          var _valid2 = _errs29 === errors;
          valid10 = valid10 || _valid2;
          if (!valid10) {
            const _errs31 = errors;
            if (Array.isArray(data6)) {
              if (data6.length < 1) {
                const err22 = { instancePath: instancePath + "/clip/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
              const len1 = data6.length;
              for (let i1 = 0; i1 < len1; i1++) {
                if (typeof data6[i1] !== "string") {
                  const err23 = { instancePath: instancePath + "/clip/columns/" + i1, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err23];
                  } else {
                    vErrors.push(err23);
                  }
                  errors++;
                }
              }
            } else {
              const err24 = { instancePath: instancePath + "/clip/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err24];
              } else {
                vErrors.push(err24);
              }
              errors++;
            }
            var _valid2 = _errs31 === errors;
            valid10 = valid10 || _valid2;
          }
          if (!valid10) {
            const err25 = { instancePath: instancePath + "/clip/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          } else {
            errors = _errs28;
            if (vErrors !== null) {
              if (_errs28) {
                vErrors.length = _errs28;
              } else {
                vErrors = null;
              }
            }
          }
        }
        if (data5.quantiles !== void 0) {
          let data8 = data5.quantiles;
          if (Array.isArray(data8)) {
            if (data8.length > 2) {
              const err26 = { instancePath: instancePath + "/clip/quantiles", schemaPath: "#/properties/clip/properties/quantiles/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
              if (vErrors === null) {
                vErrors = [err26];
              } else {
                vErrors.push(err26);
              }
              errors++;
            }
            if (data8.length < 2) {
              const err27 = { instancePath: instancePath + "/clip/quantiles", schemaPath: "#/properties/clip/properties/quantiles/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
              if (vErrors === null) {
                vErrors = [err27];
              } else {
                vErrors.push(err27);
              }
              errors++;
            }
            const len2 = data8.length;
            for (let i2 = 0; i2 < len2; i2++) {
              let data9 = data8[i2];
              if (typeof data9 == "number" && isFinite(data9)) {
                if (data9 > 1 || isNaN(data9)) {
                  const err28 = { instancePath: instancePath + "/clip/quantiles/" + i2, schemaPath: "#/properties/clip/properties/quantiles/items/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
                  if (vErrors === null) {
                    vErrors = [err28];
                  } else {
                    vErrors.push(err28);
                  }
                  errors++;
                }
                if (data9 < 0 || isNaN(data9)) {
                  const err29 = { instancePath: instancePath + "/clip/quantiles/" + i2, schemaPath: "#/properties/clip/properties/quantiles/items/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err29];
                  } else {
                    vErrors.push(err29);
                  }
                  errors++;
                }
              } else {
                const err30 = { instancePath: instancePath + "/clip/quantiles/" + i2, schemaPath: "#/properties/clip/properties/quantiles/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err30];
                } else {
                  vErrors.push(err30);
                }
                errors++;
              }
            }
          } else {
            const err31 = { instancePath: instancePath + "/clip/quantiles", schemaPath: "#/properties/clip/properties/quantiles/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err31];
            } else {
              vErrors.push(err31);
            }
            errors++;
          }
        }
        if (data5.range !== void 0) {
          let data10 = data5.range;
          if (Array.isArray(data10)) {
            if (data10.length > 2) {
              const err32 = { instancePath: instancePath + "/clip/range", schemaPath: "#/properties/clip/properties/range/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
              if (vErrors === null) {
                vErrors = [err32];
              } else {
                vErrors.push(err32);
              }
              errors++;
            }
            if (data10.length < 2) {
              const err33 = { instancePath: instancePath + "/clip/range", schemaPath: "#/properties/clip/properties/range/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
              if (vErrors === null) {
                vErrors = [err33];
              } else {
                vErrors.push(err33);
              }
              errors++;
            }
            const len3 = data10.length;
            for (let i3 = 0; i3 < len3; i3++) {
              let data11 = data10[i3];
              if (!(typeof data11 == "number" && isFinite(data11))) {
                const err34 = { instancePath: instancePath + "/clip/range/" + i3, schemaPath: "#/properties/clip/properties/range/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err34];
                } else {
                  vErrors.push(err34);
                }
                errors++;
              }
            }
          } else {
            const err35 = { instancePath: instancePath + "/clip/range", schemaPath: "#/properties/clip/properties/range/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
      } else {
        const err36 = { instancePath: instancePath + "/clip", schemaPath: "#/properties/clip/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data.derive !== void 0) {
      let data12 = data.derive;
      if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
        if (Object.keys(data12).length < 1) {
          const err37 = { instancePath: instancePath + "/derive", schemaPath: "#/properties/derive/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err37];
          } else {
            vErrors.push(err37);
          }
          errors++;
        }
        for (const key4 in data12) {
          let data13 = data12[key4];
          if (typeof data13 === "string") {
            if (func2(data13) < 1) {
              const err38 = { instancePath: instancePath + "/derive/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/derive/additionalProperties/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
              if (vErrors === null) {
                vErrors = [err38];
              } else {
                vErrors.push(err38);
              }
              errors++;
            }
          } else {
            const err39 = { instancePath: instancePath + "/derive/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/derive/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err39];
            } else {
              vErrors.push(err39);
            }
            errors++;
          }
        }
      } else {
        const err40 = { instancePath: instancePath + "/derive", schemaPath: "#/properties/derive/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err40];
        } else {
          vErrors.push(err40);
        }
        errors++;
      }
    }
    if (data.standardize !== void 0) {
      let data14 = data.standardize;
      if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
        if (data14.columns === void 0) {
          const err41 = { instancePath: instancePath + "/standardize", schemaPath: "#/properties/standardize/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
          if (vErrors === null) {
            vErrors = [err41];
          } else {
            vErrors.push(err41);
          }
          errors++;
        }
        for (const key5 in data14) {
          if (!(key5 === "columns")) {
            const err42 = { instancePath: instancePath + "/standardize", schemaPath: "#/properties/standardize/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err42];
            } else {
              vErrors.push(err42);
            }
            errors++;
          }
        }
        if (data14.columns !== void 0) {
          let data15 = data14.columns;
          const _errs53 = errors;
          let valid20 = false;
          const _errs54 = errors;
          if (typeof data15 !== "string") {
            const err43 = { instancePath: instancePath + "/standardize/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err43];
            } else {
              vErrors.push(err43);
            }
            errors++;
          }
          var _valid3 = _errs54 === errors;
          valid20 = valid20 || _valid3;
          if (!valid20) {
            const _errs56 = errors;
            if (Array.isArray(data15)) {
              if (data15.length < 1) {
                const err44 = { instancePath: instancePath + "/standardize/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err44];
                } else {
                  vErrors.push(err44);
                }
                errors++;
              }
              const len4 = data15.length;
              for (let i4 = 0; i4 < len4; i4++) {
                if (typeof data15[i4] !== "string") {
                  const err45 = { instancePath: instancePath + "/standardize/columns/" + i4, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err45];
                  } else {
                    vErrors.push(err45);
                  }
                  errors++;
                }
              }
            } else {
              const err46 = { instancePath: instancePath + "/standardize/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err46];
              } else {
                vErrors.push(err46);
              }
              errors++;
            }
            var _valid3 = _errs56 === errors;
            valid20 = valid20 || _valid3;
          }
          if (!valid20) {
            const err47 = { instancePath: instancePath + "/standardize/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err47];
            } else {
              vErrors.push(err47);
            }
            errors++;
          } else {
            errors = _errs53;
            if (vErrors !== null) {
              if (_errs53) {
                vErrors.length = _errs53;
              } else {
                vErrors = null;
              }
            }
          }
        }
      } else {
        const err48 = { instancePath: instancePath + "/standardize", schemaPath: "#/properties/standardize/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err48];
        } else {
          vErrors.push(err48);
        }
        errors++;
      }
    }
    if (data["min-max"] !== void 0) {
      let data17 = data["min-max"];
      if (data17 && typeof data17 == "object" && !Array.isArray(data17)) {
        if (data17.columns === void 0) {
          const err49 = { instancePath: instancePath + "/min-max", schemaPath: "#/properties/min-max/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
          if (vErrors === null) {
            vErrors = [err49];
          } else {
            vErrors.push(err49);
          }
          errors++;
        }
        for (const key6 in data17) {
          if (!(key6 === "columns")) {
            const err50 = { instancePath: instancePath + "/min-max", schemaPath: "#/properties/min-max/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err50];
            } else {
              vErrors.push(err50);
            }
            errors++;
          }
        }
        if (data17.columns !== void 0) {
          let data18 = data17.columns;
          const _errs65 = errors;
          let valid25 = false;
          const _errs66 = errors;
          if (typeof data18 !== "string") {
            const err51 = { instancePath: instancePath + "/min-max/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err51];
            } else {
              vErrors.push(err51);
            }
            errors++;
          }
          var _valid4 = _errs66 === errors;
          valid25 = valid25 || _valid4;
          if (!valid25) {
            const _errs68 = errors;
            if (Array.isArray(data18)) {
              if (data18.length < 1) {
                const err52 = { instancePath: instancePath + "/min-max/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err52];
                } else {
                  vErrors.push(err52);
                }
                errors++;
              }
              const len5 = data18.length;
              for (let i5 = 0; i5 < len5; i5++) {
                if (typeof data18[i5] !== "string") {
                  const err53 = { instancePath: instancePath + "/min-max/columns/" + i5, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err53];
                  } else {
                    vErrors.push(err53);
                  }
                  errors++;
                }
              }
            } else {
              const err54 = { instancePath: instancePath + "/min-max/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err54];
              } else {
                vErrors.push(err54);
              }
              errors++;
            }
            var _valid4 = _errs68 === errors;
            valid25 = valid25 || _valid4;
          }
          if (!valid25) {
            const err55 = { instancePath: instancePath + "/min-max/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err55];
            } else {
              vErrors.push(err55);
            }
            errors++;
          } else {
            errors = _errs65;
            if (vErrors !== null) {
              if (_errs65) {
                vErrors.length = _errs65;
              } else {
                vErrors = null;
              }
            }
          }
        }
      } else {
        const err56 = { instancePath: instancePath + "/min-max", schemaPath: "#/properties/min-max/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err56];
        } else {
          vErrors.push(err56);
        }
        errors++;
      }
    }
    if (data["one-hot"] !== void 0) {
      let data20 = data["one-hot"];
      if (data20 && typeof data20 == "object" && !Array.isArray(data20)) {
        if (data20.columns === void 0) {
          const err57 = { instancePath: instancePath + "/one-hot", schemaPath: "#/properties/one-hot/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
          if (vErrors === null) {
            vErrors = [err57];
          } else {
            vErrors.push(err57);
          }
          errors++;
        }
        for (const key7 in data20) {
          if (!(key7 === "columns" || key7 === "max-categories")) {
            const err58 = { instancePath: instancePath + "/one-hot", schemaPath: "#/properties/one-hot/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err58];
            } else {
              vErrors.push(err58);
            }
            errors++;
          }
        }
        if (data20.columns !== void 0) {
          let data21 = data20.columns;
          const _errs77 = errors;
          let valid30 = false;
          const _errs78 = errors;
          if (typeof data21 !== "string") {
            const err59 = { instancePath: instancePath + "/one-hot/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err59];
            } else {
              vErrors.push(err59);
            }
            errors++;
          }
          var _valid5 = _errs78 === errors;
          valid30 = valid30 || _valid5;
          if (!valid30) {
            const _errs80 = errors;
            if (Array.isArray(data21)) {
              if (data21.length < 1) {
                const err60 = { instancePath: instancePath + "/one-hot/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err60];
                } else {
                  vErrors.push(err60);
                }
                errors++;
              }
              const len6 = data21.length;
              for (let i6 = 0; i6 < len6; i6++) {
                if (typeof data21[i6] !== "string") {
                  const err61 = { instancePath: instancePath + "/one-hot/columns/" + i6, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err61];
                  } else {
                    vErrors.push(err61);
                  }
                  errors++;
                }
              }
            } else {
              const err62 = { instancePath: instancePath + "/one-hot/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err62];
              } else {
                vErrors.push(err62);
              }
              errors++;
            }
            var _valid5 = _errs80 === errors;
            valid30 = valid30 || _valid5;
          }
          if (!valid30) {
            const err63 = { instancePath: instancePath + "/one-hot/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err63];
            } else {
              vErrors.push(err63);
            }
            errors++;
          } else {
            errors = _errs77;
            if (vErrors !== null) {
              if (_errs77) {
                vErrors.length = _errs77;
              } else {
                vErrors = null;
              }
            }
          }
        }
        if (data20["max-categories"] !== void 0) {
          let data23 = data20["max-categories"];
          if (!(typeof data23 == "number" && (!(data23 % 1) && !isNaN(data23)) && isFinite(data23))) {
            const err64 = { instancePath: instancePath + "/one-hot/max-categories", schemaPath: "#/properties/one-hot/properties/max-categories/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err64];
            } else {
              vErrors.push(err64);
            }
            errors++;
          }
          if (typeof data23 == "number" && isFinite(data23)) {
            if (data23 > 1e4 || isNaN(data23)) {
              const err65 = { instancePath: instancePath + "/one-hot/max-categories", schemaPath: "#/properties/one-hot/properties/max-categories/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e4 }, message: "must be <= 10000" };
              if (vErrors === null) {
                vErrors = [err65];
              } else {
                vErrors.push(err65);
              }
              errors++;
            }
            if (data23 < 1 || isNaN(data23)) {
              const err66 = { instancePath: instancePath + "/one-hot/max-categories", schemaPath: "#/properties/one-hot/properties/max-categories/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err66];
              } else {
                vErrors.push(err66);
              }
              errors++;
            }
          }
        }
      } else {
        const err67 = { instancePath: instancePath + "/one-hot", schemaPath: "#/properties/one-hot/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err67];
        } else {
          vErrors.push(err67);
        }
        errors++;
      }
    }
    if (data.ordinal !== void 0) {
      let data24 = data.ordinal;
      if (data24 && typeof data24 == "object" && !Array.isArray(data24)) {
        if (data24.columns === void 0) {
          const err68 = { instancePath: instancePath + "/ordinal", schemaPath: "#/properties/ordinal/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
          if (vErrors === null) {
            vErrors = [err68];
          } else {
            vErrors.push(err68);
          }
          errors++;
        }
        for (const key8 in data24) {
          if (!(key8 === "columns" || key8 === "order")) {
            const err69 = { instancePath: instancePath + "/ordinal", schemaPath: "#/properties/ordinal/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key8 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err69];
            } else {
              vErrors.push(err69);
            }
            errors++;
          }
        }
        if (data24.columns !== void 0) {
          let data25 = data24.columns;
          const _errs91 = errors;
          let valid35 = false;
          const _errs92 = errors;
          if (typeof data25 !== "string") {
            const err70 = { instancePath: instancePath + "/ordinal/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err70];
            } else {
              vErrors.push(err70);
            }
            errors++;
          }
          var _valid6 = _errs92 === errors;
          valid35 = valid35 || _valid6;
          if (!valid35) {
            const _errs94 = errors;
            if (Array.isArray(data25)) {
              if (data25.length < 1) {
                const err71 = { instancePath: instancePath + "/ordinal/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err71];
                } else {
                  vErrors.push(err71);
                }
                errors++;
              }
              const len7 = data25.length;
              for (let i7 = 0; i7 < len7; i7++) {
                if (typeof data25[i7] !== "string") {
                  const err72 = { instancePath: instancePath + "/ordinal/columns/" + i7, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err72];
                  } else {
                    vErrors.push(err72);
                  }
                  errors++;
                }
              }
            } else {
              const err73 = { instancePath: instancePath + "/ordinal/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err73];
              } else {
                vErrors.push(err73);
              }
              errors++;
            }
            var _valid6 = _errs94 === errors;
            valid35 = valid35 || _valid6;
          }
          if (!valid35) {
            const err74 = { instancePath: instancePath + "/ordinal/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err74];
            } else {
              vErrors.push(err74);
            }
            errors++;
          } else {
            errors = _errs91;
            if (vErrors !== null) {
              if (_errs91) {
                vErrors.length = _errs91;
              } else {
                vErrors = null;
              }
            }
          }
        }
        if (data24.order !== void 0) {
          let data27 = data24.order;
          if (Array.isArray(data27)) {
            if (data27.length < 1) {
              const err75 = { instancePath: instancePath + "/ordinal/order", schemaPath: "#/properties/ordinal/properties/order/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
              if (vErrors === null) {
                vErrors = [err75];
              } else {
                vErrors.push(err75);
              }
              errors++;
            }
            const len8 = data27.length;
            for (let i8 = 0; i8 < len8; i8++) {
              if (typeof data27[i8] !== "string") {
                const err76 = { instancePath: instancePath + "/ordinal/order/" + i8, schemaPath: "#/properties/ordinal/properties/order/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err76];
                } else {
                  vErrors.push(err76);
                }
                errors++;
              }
            }
          } else {
            const err77 = { instancePath: instancePath + "/ordinal/order", schemaPath: "#/properties/ordinal/properties/order/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err77];
            } else {
              vErrors.push(err77);
            }
            errors++;
          }
        }
      } else {
        const err78 = { instancePath: instancePath + "/ordinal", schemaPath: "#/properties/ordinal/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err78];
        } else {
          vErrors.push(err78);
        }
        errors++;
      }
    }
    if (data["missing-indicator"] !== void 0) {
      let data29 = data["missing-indicator"];
      if (data29 && typeof data29 == "object" && !Array.isArray(data29)) {
        if (data29.columns === void 0) {
          const err79 = { instancePath: instancePath + "/missing-indicator", schemaPath: "#/properties/missing-indicator/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
          if (vErrors === null) {
            vErrors = [err79];
          } else {
            vErrors.push(err79);
          }
          errors++;
        }
        for (const key9 in data29) {
          if (!(key9 === "columns")) {
            const err80 = { instancePath: instancePath + "/missing-indicator", schemaPath: "#/properties/missing-indicator/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key9 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err80];
            } else {
              vErrors.push(err80);
            }
            errors++;
          }
        }
        if (data29.columns !== void 0) {
          let data30 = data29.columns;
          const _errs107 = errors;
          let valid42 = false;
          const _errs108 = errors;
          if (typeof data30 !== "string") {
            const err81 = { instancePath: instancePath + "/missing-indicator/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err81];
            } else {
              vErrors.push(err81);
            }
            errors++;
          }
          var _valid7 = _errs108 === errors;
          valid42 = valid42 || _valid7;
          if (!valid42) {
            const _errs110 = errors;
            if (Array.isArray(data30)) {
              if (data30.length < 1) {
                const err82 = { instancePath: instancePath + "/missing-indicator/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err82];
                } else {
                  vErrors.push(err82);
                }
                errors++;
              }
              const len9 = data30.length;
              for (let i9 = 0; i9 < len9; i9++) {
                if (typeof data30[i9] !== "string") {
                  const err83 = { instancePath: instancePath + "/missing-indicator/columns/" + i9, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err83];
                  } else {
                    vErrors.push(err83);
                  }
                  errors++;
                }
              }
            } else {
              const err84 = { instancePath: instancePath + "/missing-indicator/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err84];
              } else {
                vErrors.push(err84);
              }
              errors++;
            }
            var _valid7 = _errs110 === errors;
            valid42 = valid42 || _valid7;
          }
          if (!valid42) {
            const err85 = { instancePath: instancePath + "/missing-indicator/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err85];
            } else {
              vErrors.push(err85);
            }
            errors++;
          } else {
            errors = _errs107;
            if (vErrors !== null) {
              if (_errs107) {
                vErrors.length = _errs107;
              } else {
                vErrors = null;
              }
            }
          }
        }
      } else {
        const err86 = { instancePath: instancePath + "/missing-indicator", schemaPath: "#/properties/missing-indicator/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err86];
        } else {
          vErrors.push(err86);
        }
        errors++;
      }
    }
    if (data.drop !== void 0) {
      let data32 = data.drop;
      if (data32 && typeof data32 == "object" && !Array.isArray(data32)) {
        if (data32.columns === void 0) {
          const err87 = { instancePath: instancePath + "/drop", schemaPath: "#/properties/drop/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
          if (vErrors === null) {
            vErrors = [err87];
          } else {
            vErrors.push(err87);
          }
          errors++;
        }
        for (const key10 in data32) {
          if (!(key10 === "columns")) {
            const err88 = { instancePath: instancePath + "/drop", schemaPath: "#/properties/drop/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key10 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err88];
            } else {
              vErrors.push(err88);
            }
            errors++;
          }
        }
        if (data32.columns !== void 0) {
          let data33 = data32.columns;
          const _errs119 = errors;
          let valid47 = false;
          const _errs120 = errors;
          if (typeof data33 !== "string") {
            const err89 = { instancePath: instancePath + "/drop/columns", schemaPath: "common#/$defs/ColumnList/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err89];
            } else {
              vErrors.push(err89);
            }
            errors++;
          }
          var _valid8 = _errs120 === errors;
          valid47 = valid47 || _valid8;
          if (!valid47) {
            const _errs122 = errors;
            if (Array.isArray(data33)) {
              if (data33.length < 1) {
                const err90 = { instancePath: instancePath + "/drop/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err90];
                } else {
                  vErrors.push(err90);
                }
                errors++;
              }
              const len10 = data33.length;
              for (let i10 = 0; i10 < len10; i10++) {
                if (typeof data33[i10] !== "string") {
                  const err91 = { instancePath: instancePath + "/drop/columns/" + i10, schemaPath: "common#/$defs/ColumnList/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err91];
                  } else {
                    vErrors.push(err91);
                  }
                  errors++;
                }
              }
            } else {
              const err92 = { instancePath: instancePath + "/drop/columns", schemaPath: "common#/$defs/ColumnList/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err92];
              } else {
                vErrors.push(err92);
              }
              errors++;
            }
            var _valid8 = _errs122 === errors;
            valid47 = valid47 || _valid8;
          }
          if (!valid47) {
            const err93 = { instancePath: instancePath + "/drop/columns", schemaPath: "common#/$defs/ColumnList/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err93];
            } else {
              vErrors.push(err93);
            }
            errors++;
          } else {
            errors = _errs119;
            if (vErrors !== null) {
              if (_errs119) {
                vErrors.length = _errs119;
              } else {
                vErrors = null;
              }
            }
          }
        }
      } else {
        const err94 = { instancePath: instancePath + "/drop", schemaPath: "#/properties/drop/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err94];
        } else {
          vErrors.push(err94);
        }
        errors++;
      }
    }
  } else {
    const err95 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err95];
    } else {
      vErrors.push(err95);
    }
    errors++;
  }
  validate20.errors = vErrors;
  return errors === 0;
}
var schema37 = { "type": "object", "additionalProperties": false, "minProperties": 1, "description": "One thing the data must fulfil.", "properties": { "column": { "type": "string", "x-column": "any", "description": "The column that this is about." }, "between": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": ["number", "null"] }, "description": "Smallest and largest allowed value, null for no limit." }, "in": { "type": "array", "minItems": 1, "items": { "$ref": "common#/$defs/Scalar" }, "description": "The allowed values." }, "type": { "$ref": "common#/$defs/ColumnType" }, "not-null": { "const": true, "description": "No value may be missing." }, "unique": { "const": true, "description": "No value may occur twice." }, "where": { "type": "string", "x-expression": "row", "description": "An expression that must be true for each row." }, "rows": { "type": "object", "additionalProperties": false, "minProperties": 1, "description": "How many rows there must be.", "properties": { "min": { "type": "integer", "minimum": 0, "description": "At least." }, "max": { "type": "integer", "minimum": 0, "description": "At most." } } }, "allow": { "type": "number", "minimum": 0, "maximum": 1, "default": 0, "description": "Share of rows that may break this expectation." }, "severity": { "type": "string", "enum": ["stop", "warn"], "default": "stop", "description": "Whether a broken expectation stops the run or only warns." } } };
function validate22(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (Object.keys(data).length < 1) {
      const err0 = { instancePath, schemaPath: "#/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema37.properties, key0)) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.column !== void 0) {
      if (typeof data.column !== "string") {
        const err2 = { instancePath: instancePath + "/column", schemaPath: "#/properties/column/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.between !== void 0) {
      let data1 = data.between;
      if (Array.isArray(data1)) {
        if (data1.length > 2) {
          const err3 = { instancePath: instancePath + "/between", schemaPath: "#/properties/between/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        if (data1.length < 2) {
          const err4 = { instancePath: instancePath + "/between", schemaPath: "#/properties/between/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        const len0 = data1.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data2 = data1[i0];
          if (!(typeof data2 == "number" && isFinite(data2)) && data2 !== null) {
            const err5 = { instancePath: instancePath + "/between/" + i0, schemaPath: "#/properties/between/items/type", keyword: "type", params: { type: schema37.properties.between.items.type }, message: "must be number,null" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/between", schemaPath: "#/properties/between/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.in !== void 0) {
      let data3 = data.in;
      if (Array.isArray(data3)) {
        if (data3.length < 1) {
          const err7 = { instancePath: instancePath + "/in", schemaPath: "#/properties/in/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        const len1 = data3.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data4 = data3[i1];
          if (typeof data4 !== "string" && !(typeof data4 == "number" && isFinite(data4)) && typeof data4 !== "boolean" && data4 !== null) {
            const err8 = { instancePath: instancePath + "/in/" + i1, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
      } else {
        const err9 = { instancePath: instancePath + "/in", schemaPath: "#/properties/in/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      let data5 = data.type;
      if (typeof data5 !== "string") {
        const err10 = { instancePath: instancePath + "/type", schemaPath: "common#/$defs/ColumnType/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (!(data5 === "number" || data5 === "text" || data5 === "boolean" || data5 === "time")) {
        const err11 = { instancePath: instancePath + "/type", schemaPath: "common#/$defs/ColumnType/enum", keyword: "enum", params: { allowedValues: schema23.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data["not-null"] !== void 0) {
      if (true !== data["not-null"]) {
        const err12 = { instancePath: instancePath + "/not-null", schemaPath: "#/properties/not-null/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.unique !== void 0) {
      if (true !== data.unique) {
        const err13 = { instancePath: instancePath + "/unique", schemaPath: "#/properties/unique/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.where !== void 0) {
      if (typeof data.where !== "string") {
        const err14 = { instancePath: instancePath + "/where", schemaPath: "#/properties/where/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.rows !== void 0) {
      let data9 = data.rows;
      if (data9 && typeof data9 == "object" && !Array.isArray(data9)) {
        if (Object.keys(data9).length < 1) {
          const err15 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err15];
          } else {
            vErrors.push(err15);
          }
          errors++;
        }
        for (const key1 in data9) {
          if (!(key1 === "min" || key1 === "max")) {
            const err16 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
        if (data9.min !== void 0) {
          let data10 = data9.min;
          if (!(typeof data10 == "number" && (!(data10 % 1) && !isNaN(data10)) && isFinite(data10))) {
            const err17 = { instancePath: instancePath + "/rows/min", schemaPath: "#/properties/rows/properties/min/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
          if (typeof data10 == "number" && isFinite(data10)) {
            if (data10 < 0 || isNaN(data10)) {
              const err18 = { instancePath: instancePath + "/rows/min", schemaPath: "#/properties/rows/properties/min/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err18];
              } else {
                vErrors.push(err18);
              }
              errors++;
            }
          }
        }
        if (data9.max !== void 0) {
          let data11 = data9.max;
          if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
            const err19 = { instancePath: instancePath + "/rows/max", schemaPath: "#/properties/rows/properties/max/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
          if (typeof data11 == "number" && isFinite(data11)) {
            if (data11 < 0 || isNaN(data11)) {
              const err20 = { instancePath: instancePath + "/rows/max", schemaPath: "#/properties/rows/properties/max/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err20];
              } else {
                vErrors.push(err20);
              }
              errors++;
            }
          }
        }
      } else {
        const err21 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.allow !== void 0) {
      let data12 = data.allow;
      if (typeof data12 == "number" && isFinite(data12)) {
        if (data12 > 1 || isNaN(data12)) {
          const err22 = { instancePath: instancePath + "/allow", schemaPath: "#/properties/allow/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
        if (data12 < 0 || isNaN(data12)) {
          const err23 = { instancePath: instancePath + "/allow", schemaPath: "#/properties/allow/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err23];
          } else {
            vErrors.push(err23);
          }
          errors++;
        }
      } else {
        const err24 = { instancePath: instancePath + "/allow", schemaPath: "#/properties/allow/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
    if (data.severity !== void 0) {
      let data13 = data.severity;
      if (typeof data13 !== "string") {
        const err25 = { instancePath: instancePath + "/severity", schemaPath: "#/properties/severity/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
      if (!(data13 === "stop" || data13 === "warn")) {
        const err26 = { instancePath: instancePath + "/severity", schemaPath: "#/properties/severity/enum", keyword: "enum", params: { allowedValues: schema37.properties.severity.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err26];
        } else {
          vErrors.push(err26);
        }
        errors++;
      }
    }
  } else {
    const err27 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err27];
    } else {
      vErrors.push(err27);
    }
    errors++;
  }
  validate22.errors = vErrors;
  return errors === 0;
}
function validate13(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.source === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "source" }, message: "must have required property 'source'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema16.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("data" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "data" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.description !== void 0) {
      if (typeof data.description !== "string") {
        const err4 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.source !== void 0) {
      let data2 = data.source;
      const _errs6 = errors;
      let valid1 = false;
      const _errs7 = errors;
      if (typeof data2 === "string") {
        if (func2(data2) < 1) {
          const err5 = { instancePath: instancePath + "/source", schemaPath: "#/properties/source/anyOf/0/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      } else {
        const err6 = { instancePath: instancePath + "/source", schemaPath: "#/properties/source/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
      var _valid0 = _errs7 === errors;
      valid1 = valid1 || _valid0;
      if (!valid1) {
        const _errs9 = errors;
        if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
          if (data2.file === void 0) {
            const err7 = { instancePath: instancePath + "/source", schemaPath: "#/$defs/FileSource/required", keyword: "required", params: { missingProperty: "file" }, message: "must have required property 'file'" };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
          for (const key1 in data2) {
            if (!(key1 === "file" || key1 === "format" || key1 === "delimiter" || key1 === "header" || key1 === "encoding" || key1 === "missing")) {
              const err8 = { instancePath: instancePath + "/source", schemaPath: "#/$defs/FileSource/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err8];
              } else {
                vErrors.push(err8);
              }
              errors++;
            }
          }
          if (data2.file !== void 0) {
            let data3 = data2.file;
            const _errs14 = errors;
            let valid4 = false;
            const _errs15 = errors;
            if (typeof data3 === "string") {
              if (func2(data3) < 1) {
                const err9 = { instancePath: instancePath + "/source/file", schemaPath: "#/$defs/FileSource/properties/file/anyOf/0/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                if (vErrors === null) {
                  vErrors = [err9];
                } else {
                  vErrors.push(err9);
                }
                errors++;
              }
            } else {
              const err10 = { instancePath: instancePath + "/source/file", schemaPath: "#/$defs/FileSource/properties/file/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
            var _valid1 = _errs15 === errors;
            valid4 = valid4 || _valid1;
            if (!valid4) {
              const _errs17 = errors;
              if (Array.isArray(data3)) {
                if (data3.length < 1) {
                  const err11 = { instancePath: instancePath + "/source/file", schemaPath: "#/$defs/FileSource/properties/file/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err11];
                  } else {
                    vErrors.push(err11);
                  }
                  errors++;
                }
                const len0 = data3.length;
                for (let i0 = 0; i0 < len0; i0++) {
                  if (typeof data3[i0] !== "string") {
                    const err12 = { instancePath: instancePath + "/source/file/" + i0, schemaPath: "#/$defs/FileSource/properties/file/anyOf/1/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err12];
                    } else {
                      vErrors.push(err12);
                    }
                    errors++;
                  }
                }
              } else {
                const err13 = { instancePath: instancePath + "/source/file", schemaPath: "#/$defs/FileSource/properties/file/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err13];
                } else {
                  vErrors.push(err13);
                }
                errors++;
              }
              var _valid1 = _errs17 === errors;
              valid4 = valid4 || _valid1;
            }
            if (!valid4) {
              const err14 = { instancePath: instancePath + "/source/file", schemaPath: "#/$defs/FileSource/properties/file/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            } else {
              errors = _errs14;
              if (vErrors !== null) {
                if (_errs14) {
                  vErrors.length = _errs14;
                } else {
                  vErrors = null;
                }
              }
            }
          }
          if (data2.format !== void 0) {
            let data5 = data2.format;
            if (typeof data5 !== "string") {
              const err15 = { instancePath: instancePath + "/source/format", schemaPath: "#/$defs/FileSource/properties/format/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
            if (!(data5 === "csv" || data5 === "tsv" || data5 === "jsonl" || data5 === "parquet")) {
              const err16 = { instancePath: instancePath + "/source/format", schemaPath: "#/$defs/FileSource/properties/format/enum", keyword: "enum", params: { allowedValues: schema17.properties.format.enum }, message: "must be equal to one of the allowed values" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
          }
          if (data2.delimiter !== void 0) {
            let data6 = data2.delimiter;
            if (typeof data6 === "string") {
              if (func2(data6) > 4) {
                const err17 = { instancePath: instancePath + "/source/delimiter", schemaPath: "#/$defs/FileSource/properties/delimiter/maxLength", keyword: "maxLength", params: { limit: 4 }, message: "must NOT have more than 4 characters" };
                if (vErrors === null) {
                  vErrors = [err17];
                } else {
                  vErrors.push(err17);
                }
                errors++;
              }
              if (func2(data6) < 1) {
                const err18 = { instancePath: instancePath + "/source/delimiter", schemaPath: "#/$defs/FileSource/properties/delimiter/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            } else {
              const err19 = { instancePath: instancePath + "/source/delimiter", schemaPath: "#/$defs/FileSource/properties/delimiter/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err19];
              } else {
                vErrors.push(err19);
              }
              errors++;
            }
          }
          if (data2.header !== void 0) {
            if (typeof data2.header !== "boolean") {
              const err20 = { instancePath: instancePath + "/source/header", schemaPath: "#/$defs/FileSource/properties/header/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
              if (vErrors === null) {
                vErrors = [err20];
              } else {
                vErrors.push(err20);
              }
              errors++;
            }
          }
          if (data2.encoding !== void 0) {
            let data8 = data2.encoding;
            if (typeof data8 !== "string") {
              const err21 = { instancePath: instancePath + "/source/encoding", schemaPath: "#/$defs/FileSource/properties/encoding/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err21];
              } else {
                vErrors.push(err21);
              }
              errors++;
            }
            if (!(data8 === "utf-8" || data8 === "latin-1" || data8 === "utf-16")) {
              const err22 = { instancePath: instancePath + "/source/encoding", schemaPath: "#/$defs/FileSource/properties/encoding/enum", keyword: "enum", params: { allowedValues: schema17.properties.encoding.enum }, message: "must be equal to one of the allowed values" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
          }
          if (data2.missing !== void 0) {
            let data9 = data2.missing;
            if (Array.isArray(data9)) {
              const len1 = data9.length;
              for (let i1 = 0; i1 < len1; i1++) {
                if (typeof data9[i1] !== "string") {
                  const err23 = { instancePath: instancePath + "/source/missing/" + i1, schemaPath: "#/$defs/FileSource/properties/missing/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err23];
                  } else {
                    vErrors.push(err23);
                  }
                  errors++;
                }
              }
            } else {
              const err24 = { instancePath: instancePath + "/source/missing", schemaPath: "#/$defs/FileSource/properties/missing/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err24];
              } else {
                vErrors.push(err24);
              }
              errors++;
            }
          }
        } else {
          const err25 = { instancePath: instancePath + "/source", schemaPath: "#/$defs/FileSource/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
        var _valid0 = _errs9 === errors;
        valid1 = valid1 || _valid0;
        if (!valid1) {
          const _errs33 = errors;
          if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
            if (data2.sql === void 0) {
              const err26 = { instancePath: instancePath + "/source", schemaPath: "#/$defs/SqlSource/required", keyword: "required", params: { missingProperty: "sql" }, message: "must have required property 'sql'" };
              if (vErrors === null) {
                vErrors = [err26];
              } else {
                vErrors.push(err26);
              }
              errors++;
            }
            for (const key2 in data2) {
              if (!(key2 === "sql" || key2 === "files")) {
                const err27 = { instancePath: instancePath + "/source", schemaPath: "#/$defs/SqlSource/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err27];
                } else {
                  vErrors.push(err27);
                }
                errors++;
              }
            }
            if (data2.sql !== void 0) {
              let data11 = data2.sql;
              if (typeof data11 === "string") {
                if (func2(data11) < 1) {
                  const err28 = { instancePath: instancePath + "/source/sql", schemaPath: "#/$defs/SqlSource/properties/sql/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                  if (vErrors === null) {
                    vErrors = [err28];
                  } else {
                    vErrors.push(err28);
                  }
                  errors++;
                }
              } else {
                const err29 = { instancePath: instancePath + "/source/sql", schemaPath: "#/$defs/SqlSource/properties/sql/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
            }
            if (data2.files !== void 0) {
              let data12 = data2.files;
              if (Array.isArray(data12)) {
                const len2 = data12.length;
                for (let i2 = 0; i2 < len2; i2++) {
                  if (typeof data12[i2] !== "string") {
                    const err30 = { instancePath: instancePath + "/source/files/" + i2, schemaPath: "#/$defs/SqlSource/properties/files/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err30];
                    } else {
                      vErrors.push(err30);
                    }
                    errors++;
                  }
                }
              } else {
                const err31 = { instancePath: instancePath + "/source/files", schemaPath: "#/$defs/SqlSource/properties/files/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err31];
                } else {
                  vErrors.push(err31);
                }
                errors++;
              }
            }
          } else {
            const err32 = { instancePath: instancePath + "/source", schemaPath: "#/$defs/SqlSource/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
          var _valid0 = _errs33 === errors;
          valid1 = valid1 || _valid0;
        }
      }
      if (!valid1) {
        const err33 = { instancePath: instancePath + "/source", schemaPath: "#/properties/source/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
        if (vErrors === null) {
          vErrors = [err33];
        } else {
          vErrors.push(err33);
        }
        errors++;
      } else {
        errors = _errs6;
        if (vErrors !== null) {
          if (_errs6) {
            vErrors.length = _errs6;
          } else {
            vErrors = null;
          }
        }
      }
    }
    if (data.target !== void 0) {
      let data14 = data.target;
      const _errs44 = errors;
      let valid13 = false;
      const _errs45 = errors;
      if (typeof data14 !== "string") {
        const err34 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
      var _valid2 = _errs45 === errors;
      valid13 = valid13 || _valid2;
      if (!valid13) {
        const _errs47 = errors;
        if (!validate14(data14, { instancePath: instancePath + "/target", parentData: data, parentDataProperty: "target", rootData })) {
          vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
          errors = vErrors.length;
        }
        var _valid2 = _errs47 === errors;
        valid13 = valid13 || _valid2;
      }
      if (!valid13) {
        const err35 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
        if (vErrors === null) {
          vErrors = [err35];
        } else {
          vErrors.push(err35);
        }
        errors++;
      } else {
        errors = _errs44;
        if (vErrors !== null) {
          if (_errs44) {
            vErrors.length = _errs44;
          } else {
            vErrors = null;
          }
        }
      }
    }
    if (data.columns !== void 0) {
      if (!validate16(data.columns, { instancePath: instancePath + "/columns", parentData: data, parentDataProperty: "columns", rootData })) {
        vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
        errors = vErrors.length;
      }
    }
    if (data.rows !== void 0) {
      let data16 = data.rows;
      if (Array.isArray(data16)) {
        const len3 = data16.length;
        for (let i3 = 0; i3 < len3; i3++) {
          if (!validate18(data16[i3], { instancePath: instancePath + "/rows/" + i3, parentData: data16, parentDataProperty: i3, rootData })) {
            vErrors = vErrors === null ? validate18.errors : vErrors.concat(validate18.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err36 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data.split !== void 0) {
      let data18 = data.split;
      if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
        for (const key3 in data18) {
          if (!(key3 === "train" || key3 === "validation" || key3 === "test" || key3 === "stratify" || key3 === "group" || key3 === "time" || key3 === "seed")) {
            const err37 = { instancePath: instancePath + "/split", schemaPath: "#/$defs/Split/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
        if (data18.train !== void 0) {
          let data19 = data18.train;
          if (typeof data19 == "number" && isFinite(data19)) {
            if (data19 > 1 || isNaN(data19)) {
              const err38 = { instancePath: instancePath + "/split/train", schemaPath: "#/$defs/Split/properties/train/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
              if (vErrors === null) {
                vErrors = [err38];
              } else {
                vErrors.push(err38);
              }
              errors++;
            }
            if (data19 <= 0 || isNaN(data19)) {
              const err39 = { instancePath: instancePath + "/split/train", schemaPath: "#/$defs/Split/properties/train/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
              if (vErrors === null) {
                vErrors = [err39];
              } else {
                vErrors.push(err39);
              }
              errors++;
            }
          } else {
            const err40 = { instancePath: instancePath + "/split/train", schemaPath: "#/$defs/Split/properties/train/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err40];
            } else {
              vErrors.push(err40);
            }
            errors++;
          }
        }
        if (data18.validation !== void 0) {
          let data20 = data18.validation;
          if (typeof data20 == "number" && isFinite(data20)) {
            if (data20 < 0 || isNaN(data20)) {
              const err41 = { instancePath: instancePath + "/split/validation", schemaPath: "#/$defs/Split/properties/validation/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
            if (data20 >= 1 || isNaN(data20)) {
              const err42 = { instancePath: instancePath + "/split/validation", schemaPath: "#/$defs/Split/properties/validation/exclusiveMaximum", keyword: "exclusiveMaximum", params: { comparison: "<", limit: 1 }, message: "must be < 1" };
              if (vErrors === null) {
                vErrors = [err42];
              } else {
                vErrors.push(err42);
              }
              errors++;
            }
          } else {
            const err43 = { instancePath: instancePath + "/split/validation", schemaPath: "#/$defs/Split/properties/validation/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err43];
            } else {
              vErrors.push(err43);
            }
            errors++;
          }
        }
        if (data18.test !== void 0) {
          let data21 = data18.test;
          if (typeof data21 == "number" && isFinite(data21)) {
            if (data21 < 0 || isNaN(data21)) {
              const err44 = { instancePath: instancePath + "/split/test", schemaPath: "#/$defs/Split/properties/test/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err44];
              } else {
                vErrors.push(err44);
              }
              errors++;
            }
            if (data21 >= 1 || isNaN(data21)) {
              const err45 = { instancePath: instancePath + "/split/test", schemaPath: "#/$defs/Split/properties/test/exclusiveMaximum", keyword: "exclusiveMaximum", params: { comparison: "<", limit: 1 }, message: "must be < 1" };
              if (vErrors === null) {
                vErrors = [err45];
              } else {
                vErrors.push(err45);
              }
              errors++;
            }
          } else {
            const err46 = { instancePath: instancePath + "/split/test", schemaPath: "#/$defs/Split/properties/test/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err46];
            } else {
              vErrors.push(err46);
            }
            errors++;
          }
        }
        if (data18.stratify !== void 0) {
          if (typeof data18.stratify !== "string") {
            const err47 = { instancePath: instancePath + "/split/stratify", schemaPath: "#/$defs/Split/properties/stratify/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err47];
            } else {
              vErrors.push(err47);
            }
            errors++;
          }
        }
        if (data18.group !== void 0) {
          if (typeof data18.group !== "string") {
            const err48 = { instancePath: instancePath + "/split/group", schemaPath: "#/$defs/Split/properties/group/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err48];
            } else {
              vErrors.push(err48);
            }
            errors++;
          }
        }
        if (data18.time !== void 0) {
          if (typeof data18.time !== "string") {
            const err49 = { instancePath: instancePath + "/split/time", schemaPath: "#/$defs/Split/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err49];
            } else {
              vErrors.push(err49);
            }
            errors++;
          }
        }
        if (data18.seed !== void 0) {
          let data25 = data18.seed;
          if (!(typeof data25 == "number" && (!(data25 % 1) && !isNaN(data25)) && isFinite(data25))) {
            const err50 = { instancePath: instancePath + "/split/seed", schemaPath: "#/$defs/Split/properties/seed/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err50];
            } else {
              vErrors.push(err50);
            }
            errors++;
          }
          if (typeof data25 == "number" && isFinite(data25)) {
            if (data25 > 4294967295 || isNaN(data25)) {
              const err51 = { instancePath: instancePath + "/split/seed", schemaPath: "#/$defs/Split/properties/seed/maximum", keyword: "maximum", params: { comparison: "<=", limit: 4294967295 }, message: "must be <= 4294967295" };
              if (vErrors === null) {
                vErrors = [err51];
              } else {
                vErrors.push(err51);
              }
              errors++;
            }
            if (data25 < 0 || isNaN(data25)) {
              const err52 = { instancePath: instancePath + "/split/seed", schemaPath: "#/$defs/Split/properties/seed/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err52];
              } else {
                vErrors.push(err52);
              }
              errors++;
            }
          }
        }
      } else {
        const err53 = { instancePath: instancePath + "/split", schemaPath: "#/$defs/Split/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err53];
        } else {
          vErrors.push(err53);
        }
        errors++;
      }
    }
    if (data.features !== void 0) {
      let data26 = data.features;
      if (Array.isArray(data26)) {
        const len4 = data26.length;
        for (let i4 = 0; i4 < len4; i4++) {
          if (!validate20(data26[i4], { instancePath: instancePath + "/features/" + i4, parentData: data26, parentDataProperty: i4, rootData })) {
            vErrors = vErrors === null ? validate20.errors : vErrors.concat(validate20.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err54 = { instancePath: instancePath + "/features", schemaPath: "#/properties/features/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err54];
        } else {
          vErrors.push(err54);
        }
        errors++;
      }
    }
    if (data.expect !== void 0) {
      let data28 = data.expect;
      if (Array.isArray(data28)) {
        const len5 = data28.length;
        for (let i5 = 0; i5 < len5; i5++) {
          if (!validate22(data28[i5], { instancePath: instancePath + "/expect/" + i5, parentData: data28, parentDataProperty: i5, rootData })) {
            vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err55 = { instancePath: instancePath + "/expect", schemaPath: "#/properties/expect/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err55];
        } else {
          vErrors.push(err55);
        }
        errors++;
      }
    }
  } else {
    const err56 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err56];
    } else {
      vErrors.push(err56);
    }
    errors++;
  }
  validate13.errors = vErrors;
  return errors === 0;
}
var schema40 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "train", "title": "TrainStage", "description": "Trains a model on the training split: one of ours (`model`), or the user's own program (`command`).", "type": "object", "additionalProperties": false, "required": ["kind", "data"], "anyOf": [{ "required": ["model"] }, { "required": ["command"] }], "x-outputs": {}, "properties": { "kind": { "const": "train", "description": "Trains a model." }, "description": { "type": "string", "x-cosmetic": true, "description": "What this stage is for. Changes re-run nothing." }, "data": { "$ref": "common#/$defs/StageReference", "x-reference": ["data"], "description": "The data stage whose training split is learnt from." }, "model": { "description": "The model to train.", "x-alternative-to": "command", "anyOf": [{ "type": "string", "enum": ["linear", "boosted-trees", "network"], "description": "A model with its defaults." }, { "$ref": "#/$defs/Model" }] }, "command": { "type": "array", "minItems": 1, "items": { "type": "string" }, "x-alternative-to": "model", "description": "The user's own program as an argument list; no shell. It reads the files named in the environment variables LIFECYCLE_TRAIN, LIFECYCLE_VALIDATION (Parquet) and LIFECYCLE_OUTPUT (a folder), writes `model.onnx` there, and may print `::lifecycle {json}` lines. docs/commands.md has all of it.", "examples": [["python3", "train.py"]] }, "inputs": { "type": "array", "items": { "type": "string", "x-file": "any" }, "description": "With `command`: files that the program reads (its own code, lock files). The stage re-runs when they change." }, "environment": { "type": "object", "additionalProperties": { "type": "string" }, "description": "With `command`: environment variables to set." }, "timeout": { "type": "number", "exclusiveMinimum": 0, "description": "With `command`: seconds after which the program is ended." }, "training": { "$ref": "#/$defs/Training" }, "tune": { "$ref": "#/$defs/Tune" }, "resources": { "$ref": "#/$defs/Resources" }, "seed": { "type": "integer", "minimum": 0, "maximum": 4294967295, "description": "Seed of this stage. Without it the pipeline's seed." } }, "$defs": { "Model": { "type": "object", "required": ["kind"], "discriminator": { "propertyName": "kind" }, "description": "A model and its settings.", "oneOf": [{ "$ref": "#/$defs/LinearModel" }, { "$ref": "#/$defs/BoostedTreesModel" }, { "$ref": "#/$defs/NetworkModel" }] }, "LinearModel": { "type": "object", "additionalProperties": false, "required": ["kind"], "description": "Logistic regression, softmax regression or least squares, with L2 penalty.", "properties": { "kind": { "const": "linear", "description": "A linear model." }, "l2": { "type": "number", "minimum": 0, "default": 1, "description": "Strength of the L2 penalty on the weights (not the intercept), as scikit-learn's 1/C for classification and alpha for regression." }, "max-iterations": { "type": "integer", "minimum": 1, "maximum": 1e5, "default": 500, "description": "Most iterations of the optimiser." } } }, "BoostedTreesModel": { "type": "object", "additionalProperties": false, "required": ["kind"], "description": "Gradient-boosted decision trees on histograms.", "properties": { "kind": { "const": "boosted-trees", "description": "Gradient-boosted decision trees." }, "trees": { "type": "integer", "minimum": 1, "maximum": 1e5, "default": 300, "description": "Most boosting rounds. Where there is a validation split, growing ends after 20 rounds (or `early-stopping.patience`) without a lower validation loss, and the best round is kept." }, "leaves": { "type": "integer", "minimum": 2, "maximum": 65536, "default": 31, "description": "Most leaves of a tree." }, "depth": { "type": "integer", "minimum": 1, "maximum": 64, "description": "Deepest level of a tree. Without it only `leaves` limits." }, "learning-rate": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.1, "description": "Shrinkage of each tree." }, "samples-per-leaf": { "type": "integer", "minimum": 1, "default": 20, "description": "Fewest training rows in a leaf." }, "l2": { "type": "number", "minimum": 0, "default": 0, "description": "L2 penalty on leaf values." }, "bins": { "type": "integer", "minimum": 2, "maximum": 255, "default": 255, "description": "Most histogram bins of a feature." }, "row-sample": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1, "description": "Share of rows drawn for each tree." }, "column-sample": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1, "description": "Share of features drawn for each tree." }, "early-stopping": { "$ref": "#/$defs/EarlyStopping" } } }, "NetworkModel": { "type": "object", "additionalProperties": false, "required": ["kind", "layers"], "description": "A neural network; the output layer is added to suit the task.", "properties": { "kind": { "const": "network", "description": "A neural network." }, "layers": { "type": "array", "maxItems": 1e3, "items": { "$ref": "#/$defs/Layer" }, "description": "The hidden layers in order." } } }, "Layer": { "description": "One layer: a map with one entry, or its name where it needs no settings.", "anyOf": [{ "type": "string", "enum": ["batch-normalization", "layer-normalization"], "description": "A layer without settings." }, { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "x-one-of-keys": true, "description": "A layer with settings.", "properties": { "dense": { "type": "object", "additionalProperties": false, "required": ["units"], "description": "Fully connected layer.", "properties": { "units": { "type": "integer", "minimum": 1, "maximum": 1e6, "description": "Number of outputs." }, "activation": { "$ref": "#/$defs/Activation" }, "l2": { "type": "number", "minimum": 0, "default": 0, "description": "L2 penalty on the weights." } } }, "dropout": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "description": "Share of the values set to zero while training (0\u20261)." }, "activation": { "$ref": "#/$defs/Activation" }, "batch-normalization": { "type": "object", "additionalProperties": false, "description": "Normalises over the batch.", "properties": { "momentum": { "type": "number", "minimum": 0, "maximum": 1, "default": 0.9, "description": "Share of the running statistics kept at each step." }, "epsilon": { "type": "number", "exclusiveMinimum": 0, "default": 1e-5, "description": "Added to the variance." } } }, "layer-normalization": { "type": "object", "additionalProperties": false, "description": "Normalises over the features of each row.", "properties": { "epsilon": { "type": "number", "exclusiveMinimum": 0, "default": 1e-5, "description": "Added to the variance." } } } } }] }, "Activation": { "type": "string", "enum": ["none", "relu", "leaky-relu", "elu", "gelu", "sigmoid", "tanh", "softplus", "silu"], "default": "none", "description": "Activation function." }, "Training": { "type": "object", "additionalProperties": false, "description": "How a network is trained.", "properties": { "optimizer": { "description": "The optimiser.", "anyOf": [{ "type": "string", "enum": ["sgd", "adam", "adamw", "rmsprop"], "description": "An optimiser with its defaults." }, { "$ref": "#/$defs/Optimizer" }] }, "epochs": { "type": "integer", "minimum": 1, "maximum": 1e6, "default": 30, "description": "Passes over the training split." }, "batch-size": { "type": "integer", "minimum": 1, "maximum": 1e6, "default": 256, "description": "Rows in one optimisation step." }, "early-stopping": { "$ref": "#/$defs/EarlyStopping" }, "class-weights": { "type": "string", "enum": ["none", "balanced"], "default": "none", "description": "`balanced` weighs each class by the inverse of its frequency." }, "gradient-clip": { "type": "number", "exclusiveMinimum": 0, "description": "Largest norm of the whole gradient." }, "label-smoothing": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0, "description": "Share of the label mass spread over all classes." }, "schedule": { "type": "string", "enum": ["constant", "cosine"], "default": "constant", "description": "How the learning rate changes over the training." } } }, "Optimizer": { "type": "object", "additionalProperties": false, "required": ["kind"], "description": "An optimiser and its settings.", "properties": { "kind": { "type": "string", "enum": ["sgd", "adam", "adamw", "rmsprop"], "description": "Which optimiser." }, "learning-rate": { "type": "number", "exclusiveMinimum": 0, "maximum": 1e3, "default": 1e-3, "description": "Step size." }, "momentum": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0, "description": "Momentum, for `sgd`." }, "beta1": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.9, "description": "Decay of the mean, for `adam` and `adamw`." }, "beta2": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.999, "description": "Decay of the squared mean, for `adam`, `adamw` and `rmsprop`." }, "epsilon": { "type": "number", "exclusiveMinimum": 0, "default": 1e-8, "description": "Added to the denominator." }, "weight-decay": { "type": "number", "minimum": 0, "default": 0, "description": "Weight decay (decoupled in `adamw`, L2 elsewhere)." } } }, "EarlyStopping": { "type": "object", "additionalProperties": false, "description": "Stops when the validation loss no longer falls, and keeps the best state.", "properties": { "patience": { "type": "integer", "minimum": 1, "default": 5, "description": "Rounds or epochs to wait for a better value." }, "min-delta": { "type": "number", "minimum": 0, "default": 0, "description": "Smallest change that counts as better." } } }, "Resources": { "type": "object", "additionalProperties": false, "description": "What the stage may use.", "properties": { "device": { "type": "string", "enum": ["auto", "cpu"], "default": "auto", "description": "Where to compute." }, "threads": { "type": "integer", "minimum": 1, "maximum": 1024, "description": "Threads to use. Without it as many as the run gives; results are the same bytes for the same number of threads." } } }, "Tune": { "type": "object", "additionalProperties": false, "required": ["space"], "description": "Searches for settings: trains the stage many times (trials) with values from `space`, judges each on the validation split, and trains the best once more as the result.", "properties": { "search": { "type": "string", "enum": ["tpe", "random", "sobol", "grid"], "default": "tpe", "description": "How values are chosen: `tpe` learns from the trials so far, `random` draws, `sobol` covers the space evenly, `grid` tries every combination." }, "trials": { "type": "integer", "minimum": 1, "maximum": 1e5, "default": 20, "description": "Most trials. A grid is tried as a whole unless this is set." }, "budget": { "type": "number", "exclusiveMinimum": 0, "description": "Ends the search when it has trained as much as this many whole trials. With pruning more trials than that can be tried." }, "minutes": { "type": "number", "exclusiveMinimum": 0, "description": "No trial begins after the trials have taken so long. How many that are depends on the machine, and so does the result." }, "metric": { "type": "string", "x-metric": true, "description": "Metric to judge by, on validation. Without it `auc`, `accuracy` or `rmse`, as the task asks. A `command` may name any metric that it reports." }, "pruning": { "description": "How trials that lag are stopped early: on what a model says after each epoch, round or fold. Without it `asha` for models that train in steps, given ten trials or more.", "anyOf": [{ "type": "string", "enum": ["asha", "hyperband", "median", "none"], "description": "A rule with its defaults." }, { "$ref": "#/$defs/Pruning" }] }, "folds": { "type": "integer", "minimum": 2, "maximum": 100, "description": "Judges each trial by cross-validation: the training split is cut into so many parts, and each is judged by a model that learnt from the others." }, "parallel": { "type": "integer", "minimum": 1, "maximum": 1024, "description": "Trials at a time. Without it one a thread. The threads of the stage are divided among them." }, "space": { "type": "object", "minProperties": 1, "x-tune-paths": true, "description": "What to vary: places in this stage, such as `model.learning-rate` or `training.optimizer.learning-rate`, each with its range or its list of values. Items of lists are numbered from 0: `model.layers.0.dense.units`.", "additionalProperties": { "$ref": "#/$defs/TuneRange" } } } }, "Pruning": { "type": "object", "additionalProperties": false, "required": ["kind"], "description": "A pruning rule and its settings.", "properties": { "kind": { "type": "string", "enum": ["asha", "hyperband", "median"], "description": "`asha` keeps the best share of those that came as far (asynchronous successive halving); `hyperband` does so from several starting points at once; `median` stops what is worse than the median of the others." }, "reduction": { "type": "integer", "minimum": 2, "maximum": 100, "default": 3, "description": "For `asha` and `hyperband`: of so many trials one goes on, so many times as long." }, "first": { "type": "integer", "minimum": 1, "description": "Epochs, rounds or folds before the first decision. Without it a ninth of the whole for `asha` and `hyperband`, a tenth for `median`." }, "most": { "type": "integer", "minimum": 2, "description": "Steps of a whole trial. Only a `command` needs it: of our own models it is known." } } }, "TuneRange": { "description": "The values of one setting: a list to choose from, or a range.", "anyOf": [{ "type": "array", "minItems": 1, "description": "Values to choose from.", "items": { "$ref": "common#/$defs/Scalar" } }, { "$ref": "#/$defs/TuneSpan" }] }, "TuneSpan": { "type": "object", "additionalProperties": false, "description": "A range, and when it applies.", "anyOf": [{ "required": ["uniform"] }, { "required": ["log-uniform"] }, { "required": ["integer"] }, { "required": ["log-integer"] }, { "required": ["choice"] }], "properties": { "uniform": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number", "description": "Lowest, highest." }, "description": "A number between the two, each equally likely." }, "log-uniform": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number", "description": "Lowest, highest.", "exclusiveMinimum": 0 }, "description": "A number between the two, each order of magnitude equally likely." }, "integer": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "integer", "description": "Lowest, highest." }, "description": "A whole number between the two, both included." }, "log-integer": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "integer", "description": "Lowest, highest.", "minimum": 1 }, "description": "A whole number between the two, each order of magnitude equally likely." }, "choice": { "type": "array", "minItems": 1, "description": "One of these values.", "items": { "$ref": "common#/$defs/Scalar" } }, "steps": { "type": "integer", "minimum": 2, "maximum": 1e4, "default": 5, "description": "For `grid`: points on the range, the ends included." }, "when": { "type": "object", "minProperties": 1, "additionalProperties": { "description": "The value, or one of a list.", "anyOf": [{ "$ref": "common#/$defs/Scalar" }, { "type": "array", "minItems": 1, "items": { "$ref": "common#/$defs/Scalar" }, "description": "Any of these." }] }, "description": "Varies only when other settings of the space have these values, for example `{training.optimizer.kind: sgd}`." } } } } };
var schema61 = { "type": "object", "additionalProperties": false, "description": "What the stage may use.", "properties": { "device": { "type": "string", "enum": ["auto", "cpu"], "default": "auto", "description": "Where to compute." }, "threads": { "type": "integer", "minimum": 1, "maximum": 1024, "description": "Threads to use. Without it as many as the run gives; results are the same bytes for the same number of threads." } } };
var schema43 = { "type": "object", "additionalProperties": false, "required": ["kind"], "description": "Gradient-boosted decision trees on histograms.", "properties": { "kind": { "const": "boosted-trees", "description": "Gradient-boosted decision trees." }, "trees": { "type": "integer", "minimum": 1, "maximum": 1e5, "default": 300, "description": "Most boosting rounds. Where there is a validation split, growing ends after 20 rounds (or `early-stopping.patience`) without a lower validation loss, and the best round is kept." }, "leaves": { "type": "integer", "minimum": 2, "maximum": 65536, "default": 31, "description": "Most leaves of a tree." }, "depth": { "type": "integer", "minimum": 1, "maximum": 64, "description": "Deepest level of a tree. Without it only `leaves` limits." }, "learning-rate": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.1, "description": "Shrinkage of each tree." }, "samples-per-leaf": { "type": "integer", "minimum": 1, "default": 20, "description": "Fewest training rows in a leaf." }, "l2": { "type": "number", "minimum": 0, "default": 0, "description": "L2 penalty on leaf values." }, "bins": { "type": "integer", "minimum": 2, "maximum": 255, "default": 255, "description": "Most histogram bins of a feature." }, "row-sample": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1, "description": "Share of rows drawn for each tree." }, "column-sample": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1, "description": "Share of features drawn for each tree." }, "early-stopping": { "$ref": "#/$defs/EarlyStopping" } } };
function validate26(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema43.properties, key0)) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("boosted-trees" !== data.kind) {
        const err2 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "boosted-trees" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.trees !== void 0) {
      let data1 = data.trees;
      if (!(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)) && isFinite(data1))) {
        const err3 = { instancePath: instancePath + "/trees", schemaPath: "#/properties/trees/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 > 1e5 || isNaN(data1)) {
          const err4 = { instancePath: instancePath + "/trees", schemaPath: "#/properties/trees/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e5 }, message: "must be <= 100000" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (data1 < 1 || isNaN(data1)) {
          const err5 = { instancePath: instancePath + "/trees", schemaPath: "#/properties/trees/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      }
    }
    if (data.leaves !== void 0) {
      let data2 = data.leaves;
      if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
        const err6 = { instancePath: instancePath + "/leaves", schemaPath: "#/properties/leaves/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 > 65536 || isNaN(data2)) {
          const err7 = { instancePath: instancePath + "/leaves", schemaPath: "#/properties/leaves/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65536 }, message: "must be <= 65536" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (data2 < 2 || isNaN(data2)) {
          const err8 = { instancePath: instancePath + "/leaves", schemaPath: "#/properties/leaves/minimum", keyword: "minimum", params: { comparison: ">=", limit: 2 }, message: "must be >= 2" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      }
    }
    if (data.depth !== void 0) {
      let data3 = data.depth;
      if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
        const err9 = { instancePath: instancePath + "/depth", schemaPath: "#/properties/depth/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 > 64 || isNaN(data3)) {
          const err10 = { instancePath: instancePath + "/depth", schemaPath: "#/properties/depth/maximum", keyword: "maximum", params: { comparison: "<=", limit: 64 }, message: "must be <= 64" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        if (data3 < 1 || isNaN(data3)) {
          const err11 = { instancePath: instancePath + "/depth", schemaPath: "#/properties/depth/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
      }
    }
    if (data["learning-rate"] !== void 0) {
      let data4 = data["learning-rate"];
      if (typeof data4 == "number" && isFinite(data4)) {
        if (data4 > 1 || isNaN(data4)) {
          const err12 = { instancePath: instancePath + "/learning-rate", schemaPath: "#/properties/learning-rate/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        if (data4 <= 0 || isNaN(data4)) {
          const err13 = { instancePath: instancePath + "/learning-rate", schemaPath: "#/properties/learning-rate/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
          if (vErrors === null) {
            vErrors = [err13];
          } else {
            vErrors.push(err13);
          }
          errors++;
        }
      } else {
        const err14 = { instancePath: instancePath + "/learning-rate", schemaPath: "#/properties/learning-rate/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data["samples-per-leaf"] !== void 0) {
      let data5 = data["samples-per-leaf"];
      if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
        const err15 = { instancePath: instancePath + "/samples-per-leaf", schemaPath: "#/properties/samples-per-leaf/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
      if (typeof data5 == "number" && isFinite(data5)) {
        if (data5 < 1 || isNaN(data5)) {
          const err16 = { instancePath: instancePath + "/samples-per-leaf", schemaPath: "#/properties/samples-per-leaf/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err16];
          } else {
            vErrors.push(err16);
          }
          errors++;
        }
      }
    }
    if (data.l2 !== void 0) {
      let data6 = data.l2;
      if (typeof data6 == "number" && isFinite(data6)) {
        if (data6 < 0 || isNaN(data6)) {
          const err17 = { instancePath: instancePath + "/l2", schemaPath: "#/properties/l2/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
      } else {
        const err18 = { instancePath: instancePath + "/l2", schemaPath: "#/properties/l2/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.bins !== void 0) {
      let data7 = data.bins;
      if (!(typeof data7 == "number" && (!(data7 % 1) && !isNaN(data7)) && isFinite(data7))) {
        const err19 = { instancePath: instancePath + "/bins", schemaPath: "#/properties/bins/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
      if (typeof data7 == "number" && isFinite(data7)) {
        if (data7 > 255 || isNaN(data7)) {
          const err20 = { instancePath: instancePath + "/bins", schemaPath: "#/properties/bins/maximum", keyword: "maximum", params: { comparison: "<=", limit: 255 }, message: "must be <= 255" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        if (data7 < 2 || isNaN(data7)) {
          const err21 = { instancePath: instancePath + "/bins", schemaPath: "#/properties/bins/minimum", keyword: "minimum", params: { comparison: ">=", limit: 2 }, message: "must be >= 2" };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
      }
    }
    if (data["row-sample"] !== void 0) {
      let data8 = data["row-sample"];
      if (typeof data8 == "number" && isFinite(data8)) {
        if (data8 > 1 || isNaN(data8)) {
          const err22 = { instancePath: instancePath + "/row-sample", schemaPath: "#/properties/row-sample/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
        if (data8 <= 0 || isNaN(data8)) {
          const err23 = { instancePath: instancePath + "/row-sample", schemaPath: "#/properties/row-sample/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
          if (vErrors === null) {
            vErrors = [err23];
          } else {
            vErrors.push(err23);
          }
          errors++;
        }
      } else {
        const err24 = { instancePath: instancePath + "/row-sample", schemaPath: "#/properties/row-sample/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
    if (data["column-sample"] !== void 0) {
      let data9 = data["column-sample"];
      if (typeof data9 == "number" && isFinite(data9)) {
        if (data9 > 1 || isNaN(data9)) {
          const err25 = { instancePath: instancePath + "/column-sample", schemaPath: "#/properties/column-sample/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
        if (data9 <= 0 || isNaN(data9)) {
          const err26 = { instancePath: instancePath + "/column-sample", schemaPath: "#/properties/column-sample/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
      } else {
        const err27 = { instancePath: instancePath + "/column-sample", schemaPath: "#/properties/column-sample/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
    }
    if (data["early-stopping"] !== void 0) {
      let data10 = data["early-stopping"];
      if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
        for (const key1 in data10) {
          if (!(key1 === "patience" || key1 === "min-delta")) {
            const err28 = { instancePath: instancePath + "/early-stopping", schemaPath: "#/$defs/EarlyStopping/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
        }
        if (data10.patience !== void 0) {
          let data11 = data10.patience;
          if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
            const err29 = { instancePath: instancePath + "/early-stopping/patience", schemaPath: "#/$defs/EarlyStopping/properties/patience/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
          if (typeof data11 == "number" && isFinite(data11)) {
            if (data11 < 1 || isNaN(data11)) {
              const err30 = { instancePath: instancePath + "/early-stopping/patience", schemaPath: "#/$defs/EarlyStopping/properties/patience/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err30];
              } else {
                vErrors.push(err30);
              }
              errors++;
            }
          }
        }
        if (data10["min-delta"] !== void 0) {
          let data12 = data10["min-delta"];
          if (typeof data12 == "number" && isFinite(data12)) {
            if (data12 < 0 || isNaN(data12)) {
              const err31 = { instancePath: instancePath + "/early-stopping/min-delta", schemaPath: "#/$defs/EarlyStopping/properties/min-delta/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err31];
              } else {
                vErrors.push(err31);
              }
              errors++;
            }
          } else {
            const err32 = { instancePath: instancePath + "/early-stopping/min-delta", schemaPath: "#/$defs/EarlyStopping/properties/min-delta/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
        }
      } else {
        const err33 = { instancePath: instancePath + "/early-stopping", schemaPath: "#/$defs/EarlyStopping/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err33];
        } else {
          vErrors.push(err33);
        }
        errors++;
      }
    }
  } else {
    const err34 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err34];
    } else {
      vErrors.push(err34);
    }
    errors++;
  }
  validate26.errors = vErrors;
  return errors === 0;
}
var schema46 = { "description": "One layer: a map with one entry, or its name where it needs no settings.", "anyOf": [{ "type": "string", "enum": ["batch-normalization", "layer-normalization"], "description": "A layer without settings." }, { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "x-one-of-keys": true, "description": "A layer with settings.", "properties": { "dense": { "type": "object", "additionalProperties": false, "required": ["units"], "description": "Fully connected layer.", "properties": { "units": { "type": "integer", "minimum": 1, "maximum": 1e6, "description": "Number of outputs." }, "activation": { "$ref": "#/$defs/Activation" }, "l2": { "type": "number", "minimum": 0, "default": 0, "description": "L2 penalty on the weights." } } }, "dropout": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "description": "Share of the values set to zero while training (0\u20261)." }, "activation": { "$ref": "#/$defs/Activation" }, "batch-normalization": { "type": "object", "additionalProperties": false, "description": "Normalises over the batch.", "properties": { "momentum": { "type": "number", "minimum": 0, "maximum": 1, "default": 0.9, "description": "Share of the running statistics kept at each step." }, "epsilon": { "type": "number", "exclusiveMinimum": 0, "default": 1e-5, "description": "Added to the variance." } } }, "layer-normalization": { "type": "object", "additionalProperties": false, "description": "Normalises over the features of each row.", "properties": { "epsilon": { "type": "number", "exclusiveMinimum": 0, "default": 1e-5, "description": "Added to the variance." } } } } }] };
var schema47 = { "type": "string", "enum": ["none", "relu", "leaky-relu", "elu", "gelu", "sigmoid", "tanh", "softplus", "silu"], "default": "none", "description": "Activation function." };
function validate28(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  const _errs0 = errors;
  let valid0 = false;
  const _errs1 = errors;
  if (typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (!(data === "batch-normalization" || data === "layer-normalization")) {
    const err1 = { instancePath, schemaPath: "#/anyOf/0/enum", keyword: "enum", params: { allowedValues: schema46.anyOf[0].enum }, message: "must be equal to one of the allowed values" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  var _valid0 = _errs1 === errors;
  valid0 = valid0 || _valid0;
  if (!valid0) {
    const _errs3 = errors;
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (Object.keys(data).length > 1) {
        const err2 = { instancePath, schemaPath: "#/anyOf/1/maxProperties", keyword: "maxProperties", params: { limit: 1 }, message: "must NOT have more than 1 properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      if (Object.keys(data).length < 1) {
        const err3 = { instancePath, schemaPath: "#/anyOf/1/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
      for (const key0 in data) {
        if (!(key0 === "dense" || key0 === "dropout" || key0 === "activation" || key0 === "batch-normalization" || key0 === "layer-normalization")) {
          const err4 = { instancePath, schemaPath: "#/anyOf/1/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      }
      if (data.dense !== void 0) {
        let data0 = data.dense;
        if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
          if (data0.units === void 0) {
            const err5 = { instancePath: instancePath + "/dense", schemaPath: "#/anyOf/1/properties/dense/required", keyword: "required", params: { missingProperty: "units" }, message: "must have required property 'units'" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
          for (const key1 in data0) {
            if (!(key1 === "units" || key1 === "activation" || key1 === "l2")) {
              const err6 = { instancePath: instancePath + "/dense", schemaPath: "#/anyOf/1/properties/dense/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
          }
          if (data0.units !== void 0) {
            let data1 = data0.units;
            if (!(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)) && isFinite(data1))) {
              const err7 = { instancePath: instancePath + "/dense/units", schemaPath: "#/anyOf/1/properties/dense/properties/units/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
            if (typeof data1 == "number" && isFinite(data1)) {
              if (data1 > 1e6 || isNaN(data1)) {
                const err8 = { instancePath: instancePath + "/dense/units", schemaPath: "#/anyOf/1/properties/dense/properties/units/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
              }
              if (data1 < 1 || isNaN(data1)) {
                const err9 = { instancePath: instancePath + "/dense/units", schemaPath: "#/anyOf/1/properties/dense/properties/units/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                if (vErrors === null) {
                  vErrors = [err9];
                } else {
                  vErrors.push(err9);
                }
                errors++;
              }
            }
          }
          if (data0.activation !== void 0) {
            let data2 = data0.activation;
            if (typeof data2 !== "string") {
              const err10 = { instancePath: instancePath + "/dense/activation", schemaPath: "#/$defs/Activation/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
            if (!(data2 === "none" || data2 === "relu" || data2 === "leaky-relu" || data2 === "elu" || data2 === "gelu" || data2 === "sigmoid" || data2 === "tanh" || data2 === "softplus" || data2 === "silu")) {
              const err11 = { instancePath: instancePath + "/dense/activation", schemaPath: "#/$defs/Activation/enum", keyword: "enum", params: { allowedValues: schema47.enum }, message: "must be equal to one of the allowed values" };
              if (vErrors === null) {
                vErrors = [err11];
              } else {
                vErrors.push(err11);
              }
              errors++;
            }
          }
          if (data0.l2 !== void 0) {
            let data3 = data0.l2;
            if (typeof data3 == "number" && isFinite(data3)) {
              if (data3 < 0 || isNaN(data3)) {
                const err12 = { instancePath: instancePath + "/dense/l2", schemaPath: "#/anyOf/1/properties/dense/properties/l2/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err12];
                } else {
                  vErrors.push(err12);
                }
                errors++;
              }
            } else {
              const err13 = { instancePath: instancePath + "/dense/l2", schemaPath: "#/anyOf/1/properties/dense/properties/l2/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
          }
        } else {
          const err14 = { instancePath: instancePath + "/dense", schemaPath: "#/anyOf/1/properties/dense/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err14];
          } else {
            vErrors.push(err14);
          }
          errors++;
        }
      }
      if (data.dropout !== void 0) {
        let data4 = data.dropout;
        if (typeof data4 == "number" && isFinite(data4)) {
          if (data4 < 0 || isNaN(data4)) {
            const err15 = { instancePath: instancePath + "/dropout", schemaPath: "#/anyOf/1/properties/dropout/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
          if (data4 >= 1 || isNaN(data4)) {
            const err16 = { instancePath: instancePath + "/dropout", schemaPath: "#/anyOf/1/properties/dropout/exclusiveMaximum", keyword: "exclusiveMaximum", params: { comparison: "<", limit: 1 }, message: "must be < 1" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        } else {
          const err17 = { instancePath: instancePath + "/dropout", schemaPath: "#/anyOf/1/properties/dropout/type", keyword: "type", params: { type: "number" }, message: "must be number" };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
      }
      if (data.activation !== void 0) {
        let data5 = data.activation;
        if (typeof data5 !== "string") {
          const err18 = { instancePath: instancePath + "/activation", schemaPath: "#/$defs/Activation/type", keyword: "type", params: { type: "string" }, message: "must be string" };
          if (vErrors === null) {
            vErrors = [err18];
          } else {
            vErrors.push(err18);
          }
          errors++;
        }
        if (!(data5 === "none" || data5 === "relu" || data5 === "leaky-relu" || data5 === "elu" || data5 === "gelu" || data5 === "sigmoid" || data5 === "tanh" || data5 === "softplus" || data5 === "silu")) {
          const err19 = { instancePath: instancePath + "/activation", schemaPath: "#/$defs/Activation/enum", keyword: "enum", params: { allowedValues: schema47.enum }, message: "must be equal to one of the allowed values" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
      }
      if (data["batch-normalization"] !== void 0) {
        let data6 = data["batch-normalization"];
        if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
          for (const key2 in data6) {
            if (!(key2 === "momentum" || key2 === "epsilon")) {
              const err20 = { instancePath: instancePath + "/batch-normalization", schemaPath: "#/anyOf/1/properties/batch-normalization/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err20];
              } else {
                vErrors.push(err20);
              }
              errors++;
            }
          }
          if (data6.momentum !== void 0) {
            let data7 = data6.momentum;
            if (typeof data7 == "number" && isFinite(data7)) {
              if (data7 > 1 || isNaN(data7)) {
                const err21 = { instancePath: instancePath + "/batch-normalization/momentum", schemaPath: "#/anyOf/1/properties/batch-normalization/properties/momentum/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
              if (data7 < 0 || isNaN(data7)) {
                const err22 = { instancePath: instancePath + "/batch-normalization/momentum", schemaPath: "#/anyOf/1/properties/batch-normalization/properties/momentum/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
            } else {
              const err23 = { instancePath: instancePath + "/batch-normalization/momentum", schemaPath: "#/anyOf/1/properties/batch-normalization/properties/momentum/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
          }
          if (data6.epsilon !== void 0) {
            let data8 = data6.epsilon;
            if (typeof data8 == "number" && isFinite(data8)) {
              if (data8 <= 0 || isNaN(data8)) {
                const err24 = { instancePath: instancePath + "/batch-normalization/epsilon", schemaPath: "#/anyOf/1/properties/batch-normalization/properties/epsilon/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
            } else {
              const err25 = { instancePath: instancePath + "/batch-normalization/epsilon", schemaPath: "#/anyOf/1/properties/batch-normalization/properties/epsilon/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err25];
              } else {
                vErrors.push(err25);
              }
              errors++;
            }
          }
        } else {
          const err26 = { instancePath: instancePath + "/batch-normalization", schemaPath: "#/anyOf/1/properties/batch-normalization/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
      }
      if (data["layer-normalization"] !== void 0) {
        let data9 = data["layer-normalization"];
        if (data9 && typeof data9 == "object" && !Array.isArray(data9)) {
          for (const key3 in data9) {
            if (!(key3 === "epsilon")) {
              const err27 = { instancePath: instancePath + "/layer-normalization", schemaPath: "#/anyOf/1/properties/layer-normalization/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err27];
              } else {
                vErrors.push(err27);
              }
              errors++;
            }
          }
          if (data9.epsilon !== void 0) {
            let data10 = data9.epsilon;
            if (typeof data10 == "number" && isFinite(data10)) {
              if (data10 <= 0 || isNaN(data10)) {
                const err28 = { instancePath: instancePath + "/layer-normalization/epsilon", schemaPath: "#/anyOf/1/properties/layer-normalization/properties/epsilon/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
            } else {
              const err29 = { instancePath: instancePath + "/layer-normalization/epsilon", schemaPath: "#/anyOf/1/properties/layer-normalization/properties/epsilon/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
          }
        } else {
          const err30 = { instancePath: instancePath + "/layer-normalization", schemaPath: "#/anyOf/1/properties/layer-normalization/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err30];
          } else {
            vErrors.push(err30);
          }
          errors++;
        }
      }
    } else {
      const err31 = { instancePath, schemaPath: "#/anyOf/1/type", keyword: "type", params: { type: "object" }, message: "must be object" };
      if (vErrors === null) {
        vErrors = [err31];
      } else {
        vErrors.push(err31);
      }
      errors++;
    }
    var _valid0 = _errs3 === errors;
    valid0 = valid0 || _valid0;
  }
  if (!valid0) {
    const err32 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    if (vErrors === null) {
      vErrors = [err32];
    } else {
      vErrors.push(err32);
    }
    errors++;
  } else {
    errors = _errs0;
    if (vErrors !== null) {
      if (_errs0) {
        vErrors.length = _errs0;
      } else {
        vErrors = null;
      }
    }
  }
  validate28.errors = vErrors;
  return errors === 0;
}
function validate27(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.layers === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "layers" }, message: "must have required property 'layers'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "layers")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("network" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "network" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.layers !== void 0) {
      let data1 = data.layers;
      if (Array.isArray(data1)) {
        if (data1.length > 1e3) {
          const err4 = { instancePath: instancePath + "/layers", schemaPath: "#/properties/layers/maxItems", keyword: "maxItems", params: { limit: 1e3 }, message: "must NOT have more than 1000 items" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        const len0 = data1.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate28(data1[i0], { instancePath: instancePath + "/layers/" + i0, parentData: data1, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err5 = { instancePath: instancePath + "/layers", schemaPath: "#/properties/layers/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
  } else {
    const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err6];
    } else {
      vErrors.push(err6);
    }
    errors++;
  }
  validate27.errors = vErrors;
  return errors === 0;
}
function validate25(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    const tag0 = data.kind;
    if (typeof tag0 == "string") {
      if (tag0 === "linear") {
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data.kind === void 0) {
            const err1 = { instancePath, schemaPath: "#/$defs/LinearModel/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
          }
          for (const key0 in data) {
            if (!(key0 === "kind" || key0 === "l2" || key0 === "max-iterations")) {
              const err2 = { instancePath, schemaPath: "#/$defs/LinearModel/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err2];
              } else {
                vErrors.push(err2);
              }
              errors++;
            }
          }
          if (data.kind !== void 0) {
            if ("linear" !== data.kind) {
              const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/$defs/LinearModel/properties/kind/const", keyword: "const", params: { allowedValue: "linear" }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err3];
              } else {
                vErrors.push(err3);
              }
              errors++;
            }
          }
          if (data.l2 !== void 0) {
            let data1 = data.l2;
            if (typeof data1 == "number" && isFinite(data1)) {
              if (data1 < 0 || isNaN(data1)) {
                const err4 = { instancePath: instancePath + "/l2", schemaPath: "#/$defs/LinearModel/properties/l2/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err4];
                } else {
                  vErrors.push(err4);
                }
                errors++;
              }
            } else {
              const err5 = { instancePath: instancePath + "/l2", schemaPath: "#/$defs/LinearModel/properties/l2/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err5];
              } else {
                vErrors.push(err5);
              }
              errors++;
            }
          }
          if (data["max-iterations"] !== void 0) {
            let data2 = data["max-iterations"];
            if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
              const err6 = { instancePath: instancePath + "/max-iterations", schemaPath: "#/$defs/LinearModel/properties/max-iterations/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
            if (typeof data2 == "number" && isFinite(data2)) {
              if (data2 > 1e5 || isNaN(data2)) {
                const err7 = { instancePath: instancePath + "/max-iterations", schemaPath: "#/$defs/LinearModel/properties/max-iterations/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e5 }, message: "must be <= 100000" };
                if (vErrors === null) {
                  vErrors = [err7];
                } else {
                  vErrors.push(err7);
                }
                errors++;
              }
              if (data2 < 1 || isNaN(data2)) {
                const err8 = { instancePath: instancePath + "/max-iterations", schemaPath: "#/$defs/LinearModel/properties/max-iterations/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
              }
            }
          }
        } else {
          const err9 = { instancePath, schemaPath: "#/$defs/LinearModel/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      } else if (tag0 === "boosted-trees") {
        if (!validate26(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate26.errors : vErrors.concat(validate26.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "network") {
        if (!validate27(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
          errors = vErrors.length;
        }
      } else {
        const err10 = { instancePath, schemaPath: "#/discriminator", keyword: "discriminator", params: { error: "mapping", tag: "kind", tagValue: tag0 }, message: 'value of tag "kind" must be in oneOf' };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    } else {
      const err11 = { instancePath, schemaPath: "#/discriminator", keyword: "discriminator", params: { error: "tag", tag: "kind", tagValue: tag0 }, message: 'tag "kind" must be string' };
      if (vErrors === null) {
        vErrors = [err11];
      } else {
        vErrors.push(err11);
      }
      errors++;
    }
  } else {
    const err12 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err12];
    } else {
      vErrors.push(err12);
    }
    errors++;
  }
  validate25.errors = vErrors;
  return errors === 0;
}
var schema50 = { "type": "object", "additionalProperties": false, "description": "How a network is trained.", "properties": { "optimizer": { "description": "The optimiser.", "anyOf": [{ "type": "string", "enum": ["sgd", "adam", "adamw", "rmsprop"], "description": "An optimiser with its defaults." }, { "$ref": "#/$defs/Optimizer" }] }, "epochs": { "type": "integer", "minimum": 1, "maximum": 1e6, "default": 30, "description": "Passes over the training split." }, "batch-size": { "type": "integer", "minimum": 1, "maximum": 1e6, "default": 256, "description": "Rows in one optimisation step." }, "early-stopping": { "$ref": "#/$defs/EarlyStopping" }, "class-weights": { "type": "string", "enum": ["none", "balanced"], "default": "none", "description": "`balanced` weighs each class by the inverse of its frequency." }, "gradient-clip": { "type": "number", "exclusiveMinimum": 0, "description": "Largest norm of the whole gradient." }, "label-smoothing": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0, "description": "Share of the label mass spread over all classes." }, "schedule": { "type": "string", "enum": ["constant", "cosine"], "default": "constant", "description": "How the learning rate changes over the training." } } };
var schema51 = { "type": "object", "additionalProperties": false, "required": ["kind"], "description": "An optimiser and its settings.", "properties": { "kind": { "type": "string", "enum": ["sgd", "adam", "adamw", "rmsprop"], "description": "Which optimiser." }, "learning-rate": { "type": "number", "exclusiveMinimum": 0, "maximum": 1e3, "default": 1e-3, "description": "Step size." }, "momentum": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0, "description": "Momentum, for `sgd`." }, "beta1": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.9, "description": "Decay of the mean, for `adam` and `adamw`." }, "beta2": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.999, "description": "Decay of the squared mean, for `adam`, `adamw` and `rmsprop`." }, "epsilon": { "type": "number", "exclusiveMinimum": 0, "default": 1e-8, "description": "Added to the denominator." }, "weight-decay": { "type": "number", "minimum": 0, "default": 0, "description": "Weight decay (decoupled in `adamw`, L2 elsewhere)." } } };
function validate33(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "optimizer" || key0 === "epochs" || key0 === "batch-size" || key0 === "early-stopping" || key0 === "class-weights" || key0 === "gradient-clip" || key0 === "label-smoothing" || key0 === "schedule")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.optimizer !== void 0) {
      let data0 = data.optimizer;
      const _errs3 = errors;
      let valid1 = false;
      const _errs4 = errors;
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/optimizer", schemaPath: "#/properties/optimizer/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (!(data0 === "sgd" || data0 === "adam" || data0 === "adamw" || data0 === "rmsprop")) {
        const err2 = { instancePath: instancePath + "/optimizer", schemaPath: "#/properties/optimizer/anyOf/0/enum", keyword: "enum", params: { allowedValues: schema50.properties.optimizer.anyOf[0].enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      var _valid0 = _errs4 === errors;
      valid1 = valid1 || _valid0;
      if (!valid1) {
        const _errs6 = errors;
        if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
          if (data0.kind === void 0) {
            const err3 = { instancePath: instancePath + "/optimizer", schemaPath: "#/$defs/Optimizer/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
          for (const key1 in data0) {
            if (!(key1 === "kind" || key1 === "learning-rate" || key1 === "momentum" || key1 === "beta1" || key1 === "beta2" || key1 === "epsilon" || key1 === "weight-decay")) {
              const err4 = { instancePath: instancePath + "/optimizer", schemaPath: "#/$defs/Optimizer/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err4];
              } else {
                vErrors.push(err4);
              }
              errors++;
            }
          }
          if (data0.kind !== void 0) {
            let data1 = data0.kind;
            if (typeof data1 !== "string") {
              const err5 = { instancePath: instancePath + "/optimizer/kind", schemaPath: "#/$defs/Optimizer/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err5];
              } else {
                vErrors.push(err5);
              }
              errors++;
            }
            if (!(data1 === "sgd" || data1 === "adam" || data1 === "adamw" || data1 === "rmsprop")) {
              const err6 = { instancePath: instancePath + "/optimizer/kind", schemaPath: "#/$defs/Optimizer/properties/kind/enum", keyword: "enum", params: { allowedValues: schema51.properties.kind.enum }, message: "must be equal to one of the allowed values" };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
          }
          if (data0["learning-rate"] !== void 0) {
            let data2 = data0["learning-rate"];
            if (typeof data2 == "number" && isFinite(data2)) {
              if (data2 > 1e3 || isNaN(data2)) {
                const err7 = { instancePath: instancePath + "/optimizer/learning-rate", schemaPath: "#/$defs/Optimizer/properties/learning-rate/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e3 }, message: "must be <= 1000" };
                if (vErrors === null) {
                  vErrors = [err7];
                } else {
                  vErrors.push(err7);
                }
                errors++;
              }
              if (data2 <= 0 || isNaN(data2)) {
                const err8 = { instancePath: instancePath + "/optimizer/learning-rate", schemaPath: "#/$defs/Optimizer/properties/learning-rate/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
              }
            } else {
              const err9 = { instancePath: instancePath + "/optimizer/learning-rate", schemaPath: "#/$defs/Optimizer/properties/learning-rate/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err9];
              } else {
                vErrors.push(err9);
              }
              errors++;
            }
          }
          if (data0.momentum !== void 0) {
            let data3 = data0.momentum;
            if (typeof data3 == "number" && isFinite(data3)) {
              if (data3 < 0 || isNaN(data3)) {
                const err10 = { instancePath: instancePath + "/optimizer/momentum", schemaPath: "#/$defs/Optimizer/properties/momentum/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err10];
                } else {
                  vErrors.push(err10);
                }
                errors++;
              }
              if (data3 >= 1 || isNaN(data3)) {
                const err11 = { instancePath: instancePath + "/optimizer/momentum", schemaPath: "#/$defs/Optimizer/properties/momentum/exclusiveMaximum", keyword: "exclusiveMaximum", params: { comparison: "<", limit: 1 }, message: "must be < 1" };
                if (vErrors === null) {
                  vErrors = [err11];
                } else {
                  vErrors.push(err11);
                }
                errors++;
              }
            } else {
              const err12 = { instancePath: instancePath + "/optimizer/momentum", schemaPath: "#/$defs/Optimizer/properties/momentum/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err12];
              } else {
                vErrors.push(err12);
              }
              errors++;
            }
          }
          if (data0.beta1 !== void 0) {
            let data4 = data0.beta1;
            if (typeof data4 == "number" && isFinite(data4)) {
              if (data4 < 0 || isNaN(data4)) {
                const err13 = { instancePath: instancePath + "/optimizer/beta1", schemaPath: "#/$defs/Optimizer/properties/beta1/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err13];
                } else {
                  vErrors.push(err13);
                }
                errors++;
              }
              if (data4 >= 1 || isNaN(data4)) {
                const err14 = { instancePath: instancePath + "/optimizer/beta1", schemaPath: "#/$defs/Optimizer/properties/beta1/exclusiveMaximum", keyword: "exclusiveMaximum", params: { comparison: "<", limit: 1 }, message: "must be < 1" };
                if (vErrors === null) {
                  vErrors = [err14];
                } else {
                  vErrors.push(err14);
                }
                errors++;
              }
            } else {
              const err15 = { instancePath: instancePath + "/optimizer/beta1", schemaPath: "#/$defs/Optimizer/properties/beta1/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
          }
          if (data0.beta2 !== void 0) {
            let data5 = data0.beta2;
            if (typeof data5 == "number" && isFinite(data5)) {
              if (data5 < 0 || isNaN(data5)) {
                const err16 = { instancePath: instancePath + "/optimizer/beta2", schemaPath: "#/$defs/Optimizer/properties/beta2/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err16];
                } else {
                  vErrors.push(err16);
                }
                errors++;
              }
              if (data5 >= 1 || isNaN(data5)) {
                const err17 = { instancePath: instancePath + "/optimizer/beta2", schemaPath: "#/$defs/Optimizer/properties/beta2/exclusiveMaximum", keyword: "exclusiveMaximum", params: { comparison: "<", limit: 1 }, message: "must be < 1" };
                if (vErrors === null) {
                  vErrors = [err17];
                } else {
                  vErrors.push(err17);
                }
                errors++;
              }
            } else {
              const err18 = { instancePath: instancePath + "/optimizer/beta2", schemaPath: "#/$defs/Optimizer/properties/beta2/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err18];
              } else {
                vErrors.push(err18);
              }
              errors++;
            }
          }
          if (data0.epsilon !== void 0) {
            let data6 = data0.epsilon;
            if (typeof data6 == "number" && isFinite(data6)) {
              if (data6 <= 0 || isNaN(data6)) {
                const err19 = { instancePath: instancePath + "/optimizer/epsilon", schemaPath: "#/$defs/Optimizer/properties/epsilon/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
            } else {
              const err20 = { instancePath: instancePath + "/optimizer/epsilon", schemaPath: "#/$defs/Optimizer/properties/epsilon/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err20];
              } else {
                vErrors.push(err20);
              }
              errors++;
            }
          }
          if (data0["weight-decay"] !== void 0) {
            let data7 = data0["weight-decay"];
            if (typeof data7 == "number" && isFinite(data7)) {
              if (data7 < 0 || isNaN(data7)) {
                const err21 = { instancePath: instancePath + "/optimizer/weight-decay", schemaPath: "#/$defs/Optimizer/properties/weight-decay/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
            } else {
              const err22 = { instancePath: instancePath + "/optimizer/weight-decay", schemaPath: "#/$defs/Optimizer/properties/weight-decay/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
          }
        } else {
          const err23 = { instancePath: instancePath + "/optimizer", schemaPath: "#/$defs/Optimizer/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err23];
          } else {
            vErrors.push(err23);
          }
          errors++;
        }
        var _valid0 = _errs6 === errors;
        valid1 = valid1 || _valid0;
      }
      if (!valid1) {
        const err24 = { instancePath: instancePath + "/optimizer", schemaPath: "#/properties/optimizer/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      } else {
        errors = _errs3;
        if (vErrors !== null) {
          if (_errs3) {
            vErrors.length = _errs3;
          } else {
            vErrors = null;
          }
        }
      }
    }
    if (data.epochs !== void 0) {
      let data8 = data.epochs;
      if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
        const err25 = { instancePath: instancePath + "/epochs", schemaPath: "#/properties/epochs/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
      if (typeof data8 == "number" && isFinite(data8)) {
        if (data8 > 1e6 || isNaN(data8)) {
          const err26 = { instancePath: instancePath + "/epochs", schemaPath: "#/properties/epochs/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
        if (data8 < 1 || isNaN(data8)) {
          const err27 = { instancePath: instancePath + "/epochs", schemaPath: "#/properties/epochs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err27];
          } else {
            vErrors.push(err27);
          }
          errors++;
        }
      }
    }
    if (data["batch-size"] !== void 0) {
      let data9 = data["batch-size"];
      if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
        const err28 = { instancePath: instancePath + "/batch-size", schemaPath: "#/properties/batch-size/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
      if (typeof data9 == "number" && isFinite(data9)) {
        if (data9 > 1e6 || isNaN(data9)) {
          const err29 = { instancePath: instancePath + "/batch-size", schemaPath: "#/properties/batch-size/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err29];
          } else {
            vErrors.push(err29);
          }
          errors++;
        }
        if (data9 < 1 || isNaN(data9)) {
          const err30 = { instancePath: instancePath + "/batch-size", schemaPath: "#/properties/batch-size/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err30];
          } else {
            vErrors.push(err30);
          }
          errors++;
        }
      }
    }
    if (data["early-stopping"] !== void 0) {
      let data10 = data["early-stopping"];
      if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
        for (const key2 in data10) {
          if (!(key2 === "patience" || key2 === "min-delta")) {
            const err31 = { instancePath: instancePath + "/early-stopping", schemaPath: "#/$defs/EarlyStopping/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err31];
            } else {
              vErrors.push(err31);
            }
            errors++;
          }
        }
        if (data10.patience !== void 0) {
          let data11 = data10.patience;
          if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
            const err32 = { instancePath: instancePath + "/early-stopping/patience", schemaPath: "#/$defs/EarlyStopping/properties/patience/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
          if (typeof data11 == "number" && isFinite(data11)) {
            if (data11 < 1 || isNaN(data11)) {
              const err33 = { instancePath: instancePath + "/early-stopping/patience", schemaPath: "#/$defs/EarlyStopping/properties/patience/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err33];
              } else {
                vErrors.push(err33);
              }
              errors++;
            }
          }
        }
        if (data10["min-delta"] !== void 0) {
          let data12 = data10["min-delta"];
          if (typeof data12 == "number" && isFinite(data12)) {
            if (data12 < 0 || isNaN(data12)) {
              const err34 = { instancePath: instancePath + "/early-stopping/min-delta", schemaPath: "#/$defs/EarlyStopping/properties/min-delta/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err34];
              } else {
                vErrors.push(err34);
              }
              errors++;
            }
          } else {
            const err35 = { instancePath: instancePath + "/early-stopping/min-delta", schemaPath: "#/$defs/EarlyStopping/properties/min-delta/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
      } else {
        const err36 = { instancePath: instancePath + "/early-stopping", schemaPath: "#/$defs/EarlyStopping/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data["class-weights"] !== void 0) {
      let data13 = data["class-weights"];
      if (typeof data13 !== "string") {
        const err37 = { instancePath: instancePath + "/class-weights", schemaPath: "#/properties/class-weights/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err37];
        } else {
          vErrors.push(err37);
        }
        errors++;
      }
      if (!(data13 === "none" || data13 === "balanced")) {
        const err38 = { instancePath: instancePath + "/class-weights", schemaPath: "#/properties/class-weights/enum", keyword: "enum", params: { allowedValues: schema50.properties["class-weights"].enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err38];
        } else {
          vErrors.push(err38);
        }
        errors++;
      }
    }
    if (data["gradient-clip"] !== void 0) {
      let data14 = data["gradient-clip"];
      if (typeof data14 == "number" && isFinite(data14)) {
        if (data14 <= 0 || isNaN(data14)) {
          const err39 = { instancePath: instancePath + "/gradient-clip", schemaPath: "#/properties/gradient-clip/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
          if (vErrors === null) {
            vErrors = [err39];
          } else {
            vErrors.push(err39);
          }
          errors++;
        }
      } else {
        const err40 = { instancePath: instancePath + "/gradient-clip", schemaPath: "#/properties/gradient-clip/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err40];
        } else {
          vErrors.push(err40);
        }
        errors++;
      }
    }
    if (data["label-smoothing"] !== void 0) {
      let data15 = data["label-smoothing"];
      if (typeof data15 == "number" && isFinite(data15)) {
        if (data15 < 0 || isNaN(data15)) {
          const err41 = { instancePath: instancePath + "/label-smoothing", schemaPath: "#/properties/label-smoothing/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err41];
          } else {
            vErrors.push(err41);
          }
          errors++;
        }
        if (data15 >= 1 || isNaN(data15)) {
          const err42 = { instancePath: instancePath + "/label-smoothing", schemaPath: "#/properties/label-smoothing/exclusiveMaximum", keyword: "exclusiveMaximum", params: { comparison: "<", limit: 1 }, message: "must be < 1" };
          if (vErrors === null) {
            vErrors = [err42];
          } else {
            vErrors.push(err42);
          }
          errors++;
        }
      } else {
        const err43 = { instancePath: instancePath + "/label-smoothing", schemaPath: "#/properties/label-smoothing/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err43];
        } else {
          vErrors.push(err43);
        }
        errors++;
      }
    }
    if (data.schedule !== void 0) {
      let data16 = data.schedule;
      if (typeof data16 !== "string") {
        const err44 = { instancePath: instancePath + "/schedule", schemaPath: "#/properties/schedule/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err44];
        } else {
          vErrors.push(err44);
        }
        errors++;
      }
      if (!(data16 === "constant" || data16 === "cosine")) {
        const err45 = { instancePath: instancePath + "/schedule", schemaPath: "#/properties/schedule/enum", keyword: "enum", params: { allowedValues: schema50.properties.schedule.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err45];
        } else {
          vErrors.push(err45);
        }
        errors++;
      }
    }
  } else {
    const err46 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err46];
    } else {
      vErrors.push(err46);
    }
    errors++;
  }
  validate33.errors = vErrors;
  return errors === 0;
}
var schema53 = { "type": "object", "additionalProperties": false, "required": ["space"], "description": "Searches for settings: trains the stage many times (trials) with values from `space`, judges each on the validation split, and trains the best once more as the result.", "properties": { "search": { "type": "string", "enum": ["tpe", "random", "sobol", "grid"], "default": "tpe", "description": "How values are chosen: `tpe` learns from the trials so far, `random` draws, `sobol` covers the space evenly, `grid` tries every combination." }, "trials": { "type": "integer", "minimum": 1, "maximum": 1e5, "default": 20, "description": "Most trials. A grid is tried as a whole unless this is set." }, "budget": { "type": "number", "exclusiveMinimum": 0, "description": "Ends the search when it has trained as much as this many whole trials. With pruning more trials than that can be tried." }, "minutes": { "type": "number", "exclusiveMinimum": 0, "description": "No trial begins after the trials have taken so long. How many that are depends on the machine, and so does the result." }, "metric": { "type": "string", "x-metric": true, "description": "Metric to judge by, on validation. Without it `auc`, `accuracy` or `rmse`, as the task asks. A `command` may name any metric that it reports." }, "pruning": { "description": "How trials that lag are stopped early: on what a model says after each epoch, round or fold. Without it `asha` for models that train in steps, given ten trials or more.", "anyOf": [{ "type": "string", "enum": ["asha", "hyperband", "median", "none"], "description": "A rule with its defaults." }, { "$ref": "#/$defs/Pruning" }] }, "folds": { "type": "integer", "minimum": 2, "maximum": 100, "description": "Judges each trial by cross-validation: the training split is cut into so many parts, and each is judged by a model that learnt from the others." }, "parallel": { "type": "integer", "minimum": 1, "maximum": 1024, "description": "Trials at a time. Without it one a thread. The threads of the stage are divided among them." }, "space": { "type": "object", "minProperties": 1, "x-tune-paths": true, "description": "What to vary: places in this stage, such as `model.learning-rate` or `training.optimizer.learning-rate`, each with its range or its list of values. Items of lists are numbered from 0: `model.layers.0.dense.units`.", "additionalProperties": { "$ref": "#/$defs/TuneRange" } } } };
var schema54 = { "type": "object", "additionalProperties": false, "required": ["kind"], "description": "A pruning rule and its settings.", "properties": { "kind": { "type": "string", "enum": ["asha", "hyperband", "median"], "description": "`asha` keeps the best share of those that came as far (asynchronous successive halving); `hyperband` does so from several starting points at once; `median` stops what is worse than the median of the others." }, "reduction": { "type": "integer", "minimum": 2, "maximum": 100, "default": 3, "description": "For `asha` and `hyperband`: of so many trials one goes on, so many times as long." }, "first": { "type": "integer", "minimum": 1, "description": "Epochs, rounds or folds before the first decision. Without it a ninth of the whole for `asha` and `hyperband`, a tenth for `median`." }, "most": { "type": "integer", "minimum": 2, "description": "Steps of a whole trial. Only a `command` needs it: of our own models it is known." } } };
function validate37(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  const _errs1 = errors;
  let valid0 = false;
  const _errs2 = errors;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.uniform === void 0) {
      const err0 = { instancePath, schemaPath: "#/anyOf/0/required", keyword: "required", params: { missingProperty: "uniform" }, message: "must have required property 'uniform'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  }
  var _valid0 = _errs2 === errors;
  valid0 = valid0 || _valid0;
  if (!valid0) {
    const _errs3 = errors;
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data["log-uniform"] === void 0) {
        const err1 = { instancePath, schemaPath: "#/anyOf/1/required", keyword: "required", params: { missingProperty: "log-uniform" }, message: "must have required property 'log-uniform'" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    var _valid0 = _errs3 === errors;
    valid0 = valid0 || _valid0;
    if (!valid0) {
      const _errs4 = errors;
      if (data && typeof data == "object" && !Array.isArray(data)) {
        if (data.integer === void 0) {
          const err2 = { instancePath, schemaPath: "#/anyOf/2/required", keyword: "required", params: { missingProperty: "integer" }, message: "must have required property 'integer'" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
      }
      var _valid0 = _errs4 === errors;
      valid0 = valid0 || _valid0;
      if (!valid0) {
        const _errs5 = errors;
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data["log-integer"] === void 0) {
            const err3 = { instancePath, schemaPath: "#/anyOf/3/required", keyword: "required", params: { missingProperty: "log-integer" }, message: "must have required property 'log-integer'" };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
        }
        var _valid0 = _errs5 === errors;
        valid0 = valid0 || _valid0;
        if (!valid0) {
          const _errs6 = errors;
          if (data && typeof data == "object" && !Array.isArray(data)) {
            if (data.choice === void 0) {
              const err4 = { instancePath, schemaPath: "#/anyOf/4/required", keyword: "required", params: { missingProperty: "choice" }, message: "must have required property 'choice'" };
              if (vErrors === null) {
                vErrors = [err4];
              } else {
                vErrors.push(err4);
              }
              errors++;
            }
          }
          var _valid0 = _errs6 === errors;
          valid0 = valid0 || _valid0;
        }
      }
    }
  }
  if (!valid0) {
    const err5 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    if (vErrors === null) {
      vErrors = [err5];
    } else {
      vErrors.push(err5);
    }
    errors++;
  } else {
    errors = _errs1;
    if (vErrors !== null) {
      if (_errs1) {
        vErrors.length = _errs1;
      } else {
        vErrors = null;
      }
    }
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "uniform" || key0 === "log-uniform" || key0 === "integer" || key0 === "log-integer" || key0 === "choice" || key0 === "steps" || key0 === "when")) {
        const err6 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.uniform !== void 0) {
      let data0 = data.uniform;
      if (Array.isArray(data0)) {
        if (data0.length > 2) {
          const err7 = { instancePath: instancePath + "/uniform", schemaPath: "#/properties/uniform/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (data0.length < 2) {
          const err8 = { instancePath: instancePath + "/uniform", schemaPath: "#/properties/uniform/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data1 = data0[i0];
          if (!(typeof data1 == "number" && isFinite(data1))) {
            const err9 = { instancePath: instancePath + "/uniform/" + i0, schemaPath: "#/properties/uniform/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/uniform", schemaPath: "#/properties/uniform/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data["log-uniform"] !== void 0) {
      let data2 = data["log-uniform"];
      if (Array.isArray(data2)) {
        if (data2.length > 2) {
          const err11 = { instancePath: instancePath + "/log-uniform", schemaPath: "#/properties/log-uniform/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        if (data2.length < 2) {
          const err12 = { instancePath: instancePath + "/log-uniform", schemaPath: "#/properties/log-uniform/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        const len1 = data2.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data3 = data2[i1];
          if (typeof data3 == "number" && isFinite(data3)) {
            if (data3 <= 0 || isNaN(data3)) {
              const err13 = { instancePath: instancePath + "/log-uniform/" + i1, schemaPath: "#/properties/log-uniform/items/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
          } else {
            const err14 = { instancePath: instancePath + "/log-uniform/" + i1, schemaPath: "#/properties/log-uniform/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/log-uniform", schemaPath: "#/properties/log-uniform/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.integer !== void 0) {
      let data4 = data.integer;
      if (Array.isArray(data4)) {
        if (data4.length > 2) {
          const err16 = { instancePath: instancePath + "/integer", schemaPath: "#/properties/integer/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
          if (vErrors === null) {
            vErrors = [err16];
          } else {
            vErrors.push(err16);
          }
          errors++;
        }
        if (data4.length < 2) {
          const err17 = { instancePath: instancePath + "/integer", schemaPath: "#/properties/integer/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
        const len2 = data4.length;
        for (let i2 = 0; i2 < len2; i2++) {
          let data5 = data4[i2];
          if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
            const err18 = { instancePath: instancePath + "/integer/" + i2, schemaPath: "#/properties/integer/items/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
      } else {
        const err19 = { instancePath: instancePath + "/integer", schemaPath: "#/properties/integer/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data["log-integer"] !== void 0) {
      let data6 = data["log-integer"];
      if (Array.isArray(data6)) {
        if (data6.length > 2) {
          const err20 = { instancePath: instancePath + "/log-integer", schemaPath: "#/properties/log-integer/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        if (data6.length < 2) {
          const err21 = { instancePath: instancePath + "/log-integer", schemaPath: "#/properties/log-integer/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
        const len3 = data6.length;
        for (let i3 = 0; i3 < len3; i3++) {
          let data7 = data6[i3];
          if (!(typeof data7 == "number" && (!(data7 % 1) && !isNaN(data7)) && isFinite(data7))) {
            const err22 = { instancePath: instancePath + "/log-integer/" + i3, schemaPath: "#/properties/log-integer/items/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
          if (typeof data7 == "number" && isFinite(data7)) {
            if (data7 < 1 || isNaN(data7)) {
              const err23 = { instancePath: instancePath + "/log-integer/" + i3, schemaPath: "#/properties/log-integer/items/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
          }
        }
      } else {
        const err24 = { instancePath: instancePath + "/log-integer", schemaPath: "#/properties/log-integer/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
    if (data.choice !== void 0) {
      let data8 = data.choice;
      if (Array.isArray(data8)) {
        if (data8.length < 1) {
          const err25 = { instancePath: instancePath + "/choice", schemaPath: "#/properties/choice/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
        const len4 = data8.length;
        for (let i4 = 0; i4 < len4; i4++) {
          let data9 = data8[i4];
          if (typeof data9 !== "string" && !(typeof data9 == "number" && isFinite(data9)) && typeof data9 !== "boolean" && data9 !== null) {
            const err26 = { instancePath: instancePath + "/choice/" + i4, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
      } else {
        const err27 = { instancePath: instancePath + "/choice", schemaPath: "#/properties/choice/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
    }
    if (data.steps !== void 0) {
      let data10 = data.steps;
      if (!(typeof data10 == "number" && (!(data10 % 1) && !isNaN(data10)) && isFinite(data10))) {
        const err28 = { instancePath: instancePath + "/steps", schemaPath: "#/properties/steps/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
      if (typeof data10 == "number" && isFinite(data10)) {
        if (data10 > 1e4 || isNaN(data10)) {
          const err29 = { instancePath: instancePath + "/steps", schemaPath: "#/properties/steps/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e4 }, message: "must be <= 10000" };
          if (vErrors === null) {
            vErrors = [err29];
          } else {
            vErrors.push(err29);
          }
          errors++;
        }
        if (data10 < 2 || isNaN(data10)) {
          const err30 = { instancePath: instancePath + "/steps", schemaPath: "#/properties/steps/minimum", keyword: "minimum", params: { comparison: ">=", limit: 2 }, message: "must be >= 2" };
          if (vErrors === null) {
            vErrors = [err30];
          } else {
            vErrors.push(err30);
          }
          errors++;
        }
      }
    }
    if (data.when !== void 0) {
      let data11 = data.when;
      if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
        if (Object.keys(data11).length < 1) {
          const err31 = { instancePath: instancePath + "/when", schemaPath: "#/properties/when/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err31];
          } else {
            vErrors.push(err31);
          }
          errors++;
        }
        for (const key1 in data11) {
          let data12 = data11[key1];
          const _errs35 = errors;
          let valid14 = false;
          const _errs36 = errors;
          if (typeof data12 !== "string" && !(typeof data12 == "number" && isFinite(data12)) && typeof data12 !== "boolean" && data12 !== null) {
            const err32 = { instancePath: instancePath + "/when/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
          var _valid1 = _errs36 === errors;
          valid14 = valid14 || _valid1;
          if (!valid14) {
            const _errs39 = errors;
            if (Array.isArray(data12)) {
              if (data12.length < 1) {
                const err33 = { instancePath: instancePath + "/when/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/when/additionalProperties/anyOf/1/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                if (vErrors === null) {
                  vErrors = [err33];
                } else {
                  vErrors.push(err33);
                }
                errors++;
              }
              const len5 = data12.length;
              for (let i5 = 0; i5 < len5; i5++) {
                let data13 = data12[i5];
                if (typeof data13 !== "string" && !(typeof data13 == "number" && isFinite(data13)) && typeof data13 !== "boolean" && data13 !== null) {
                  const err34 = { instancePath: instancePath + "/when/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/" + i5, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
                  if (vErrors === null) {
                    vErrors = [err34];
                  } else {
                    vErrors.push(err34);
                  }
                  errors++;
                }
              }
            } else {
              const err35 = { instancePath: instancePath + "/when/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/when/additionalProperties/anyOf/1/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err35];
              } else {
                vErrors.push(err35);
              }
              errors++;
            }
            var _valid1 = _errs39 === errors;
            valid14 = valid14 || _valid1;
          }
          if (!valid14) {
            const err36 = { instancePath: instancePath + "/when/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/when/additionalProperties/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
            if (vErrors === null) {
              vErrors = [err36];
            } else {
              vErrors.push(err36);
            }
            errors++;
          } else {
            errors = _errs35;
            if (vErrors !== null) {
              if (_errs35) {
                vErrors.length = _errs35;
              } else {
                vErrors = null;
              }
            }
          }
        }
      } else {
        const err37 = { instancePath: instancePath + "/when", schemaPath: "#/properties/when/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err37];
        } else {
          vErrors.push(err37);
        }
        errors++;
      }
    }
  } else {
    const err38 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err38];
    } else {
      vErrors.push(err38);
    }
    errors++;
  }
  validate37.errors = vErrors;
  return errors === 0;
}
function validate36(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  const _errs0 = errors;
  let valid0 = false;
  const _errs1 = errors;
  if (Array.isArray(data)) {
    if (data.length < 1) {
      const err0 = { instancePath, schemaPath: "#/anyOf/0/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string" && !(typeof data0 == "number" && isFinite(data0)) && typeof data0 !== "boolean" && data0 !== null) {
        const err1 = { instancePath: instancePath + "/" + i0, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/anyOf/0/type", keyword: "type", params: { type: "array" }, message: "must be array" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  var _valid0 = _errs1 === errors;
  valid0 = valid0 || _valid0;
  if (!valid0) {
    const _errs6 = errors;
    if (!validate37(data, { instancePath, parentData, parentDataProperty, rootData })) {
      vErrors = vErrors === null ? validate37.errors : vErrors.concat(validate37.errors);
      errors = vErrors.length;
    }
    var _valid0 = _errs6 === errors;
    valid0 = valid0 || _valid0;
  }
  if (!valid0) {
    const err3 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    if (vErrors === null) {
      vErrors = [err3];
    } else {
      vErrors.push(err3);
    }
    errors++;
  } else {
    errors = _errs0;
    if (vErrors !== null) {
      if (_errs0) {
        vErrors.length = _errs0;
      } else {
        vErrors = null;
      }
    }
  }
  validate36.errors = vErrors;
  return errors === 0;
}
function validate35(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.space === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "space" }, message: "must have required property 'space'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema53.properties, key0)) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.search !== void 0) {
      let data0 = data.search;
      if (typeof data0 !== "string") {
        const err2 = { instancePath: instancePath + "/search", schemaPath: "#/properties/search/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      if (!(data0 === "tpe" || data0 === "random" || data0 === "sobol" || data0 === "grid")) {
        const err3 = { instancePath: instancePath + "/search", schemaPath: "#/properties/search/enum", keyword: "enum", params: { allowedValues: schema53.properties.search.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.trials !== void 0) {
      let data1 = data.trials;
      if (!(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)) && isFinite(data1))) {
        const err4 = { instancePath: instancePath + "/trials", schemaPath: "#/properties/trials/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 > 1e5 || isNaN(data1)) {
          const err5 = { instancePath: instancePath + "/trials", schemaPath: "#/properties/trials/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e5 }, message: "must be <= 100000" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (data1 < 1 || isNaN(data1)) {
          const err6 = { instancePath: instancePath + "/trials", schemaPath: "#/properties/trials/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      }
    }
    if (data.budget !== void 0) {
      let data2 = data.budget;
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 <= 0 || isNaN(data2)) {
          const err7 = { instancePath: instancePath + "/budget", schemaPath: "#/properties/budget/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
      } else {
        const err8 = { instancePath: instancePath + "/budget", schemaPath: "#/properties/budget/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.minutes !== void 0) {
      let data3 = data.minutes;
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 <= 0 || isNaN(data3)) {
          const err9 = { instancePath: instancePath + "/minutes", schemaPath: "#/properties/minutes/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      } else {
        const err10 = { instancePath: instancePath + "/minutes", schemaPath: "#/properties/minutes/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.metric !== void 0) {
      if (typeof data.metric !== "string") {
        const err11 = { instancePath: instancePath + "/metric", schemaPath: "#/properties/metric/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.pruning !== void 0) {
      let data5 = data.pruning;
      const _errs13 = errors;
      let valid1 = false;
      const _errs14 = errors;
      if (typeof data5 !== "string") {
        const err12 = { instancePath: instancePath + "/pruning", schemaPath: "#/properties/pruning/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
      if (!(data5 === "asha" || data5 === "hyperband" || data5 === "median" || data5 === "none")) {
        const err13 = { instancePath: instancePath + "/pruning", schemaPath: "#/properties/pruning/anyOf/0/enum", keyword: "enum", params: { allowedValues: schema53.properties.pruning.anyOf[0].enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
      var _valid0 = _errs14 === errors;
      valid1 = valid1 || _valid0;
      if (!valid1) {
        const _errs16 = errors;
        if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
          if (data5.kind === void 0) {
            const err14 = { instancePath: instancePath + "/pruning", schemaPath: "#/$defs/Pruning/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
          for (const key1 in data5) {
            if (!(key1 === "kind" || key1 === "reduction" || key1 === "first" || key1 === "most")) {
              const err15 = { instancePath: instancePath + "/pruning", schemaPath: "#/$defs/Pruning/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
          }
          if (data5.kind !== void 0) {
            let data6 = data5.kind;
            if (typeof data6 !== "string") {
              const err16 = { instancePath: instancePath + "/pruning/kind", schemaPath: "#/$defs/Pruning/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
            if (!(data6 === "asha" || data6 === "hyperband" || data6 === "median")) {
              const err17 = { instancePath: instancePath + "/pruning/kind", schemaPath: "#/$defs/Pruning/properties/kind/enum", keyword: "enum", params: { allowedValues: schema54.properties.kind.enum }, message: "must be equal to one of the allowed values" };
              if (vErrors === null) {
                vErrors = [err17];
              } else {
                vErrors.push(err17);
              }
              errors++;
            }
          }
          if (data5.reduction !== void 0) {
            let data7 = data5.reduction;
            if (!(typeof data7 == "number" && (!(data7 % 1) && !isNaN(data7)) && isFinite(data7))) {
              const err18 = { instancePath: instancePath + "/pruning/reduction", schemaPath: "#/$defs/Pruning/properties/reduction/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
              if (vErrors === null) {
                vErrors = [err18];
              } else {
                vErrors.push(err18);
              }
              errors++;
            }
            if (typeof data7 == "number" && isFinite(data7)) {
              if (data7 > 100 || isNaN(data7)) {
                const err19 = { instancePath: instancePath + "/pruning/reduction", schemaPath: "#/$defs/Pruning/properties/reduction/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
              if (data7 < 2 || isNaN(data7)) {
                const err20 = { instancePath: instancePath + "/pruning/reduction", schemaPath: "#/$defs/Pruning/properties/reduction/minimum", keyword: "minimum", params: { comparison: ">=", limit: 2 }, message: "must be >= 2" };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
            }
          }
          if (data5.first !== void 0) {
            let data8 = data5.first;
            if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
              const err21 = { instancePath: instancePath + "/pruning/first", schemaPath: "#/$defs/Pruning/properties/first/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
              if (vErrors === null) {
                vErrors = [err21];
              } else {
                vErrors.push(err21);
              }
              errors++;
            }
            if (typeof data8 == "number" && isFinite(data8)) {
              if (data8 < 1 || isNaN(data8)) {
                const err22 = { instancePath: instancePath + "/pruning/first", schemaPath: "#/$defs/Pruning/properties/first/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
            }
          }
          if (data5.most !== void 0) {
            let data9 = data5.most;
            if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
              const err23 = { instancePath: instancePath + "/pruning/most", schemaPath: "#/$defs/Pruning/properties/most/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
            if (typeof data9 == "number" && isFinite(data9)) {
              if (data9 < 2 || isNaN(data9)) {
                const err24 = { instancePath: instancePath + "/pruning/most", schemaPath: "#/$defs/Pruning/properties/most/minimum", keyword: "minimum", params: { comparison: ">=", limit: 2 }, message: "must be >= 2" };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
            }
          }
        } else {
          const err25 = { instancePath: instancePath + "/pruning", schemaPath: "#/$defs/Pruning/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
        var _valid0 = _errs16 === errors;
        valid1 = valid1 || _valid0;
      }
      if (!valid1) {
        const err26 = { instancePath: instancePath + "/pruning", schemaPath: "#/properties/pruning/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
        if (vErrors === null) {
          vErrors = [err26];
        } else {
          vErrors.push(err26);
        }
        errors++;
      } else {
        errors = _errs13;
        if (vErrors !== null) {
          if (_errs13) {
            vErrors.length = _errs13;
          } else {
            vErrors = null;
          }
        }
      }
    }
    if (data.folds !== void 0) {
      let data10 = data.folds;
      if (!(typeof data10 == "number" && (!(data10 % 1) && !isNaN(data10)) && isFinite(data10))) {
        const err27 = { instancePath: instancePath + "/folds", schemaPath: "#/properties/folds/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
      if (typeof data10 == "number" && isFinite(data10)) {
        if (data10 > 100 || isNaN(data10)) {
          const err28 = { instancePath: instancePath + "/folds", schemaPath: "#/properties/folds/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" };
          if (vErrors === null) {
            vErrors = [err28];
          } else {
            vErrors.push(err28);
          }
          errors++;
        }
        if (data10 < 2 || isNaN(data10)) {
          const err29 = { instancePath: instancePath + "/folds", schemaPath: "#/properties/folds/minimum", keyword: "minimum", params: { comparison: ">=", limit: 2 }, message: "must be >= 2" };
          if (vErrors === null) {
            vErrors = [err29];
          } else {
            vErrors.push(err29);
          }
          errors++;
        }
      }
    }
    if (data.parallel !== void 0) {
      let data11 = data.parallel;
      if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
        const err30 = { instancePath: instancePath + "/parallel", schemaPath: "#/properties/parallel/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
      if (typeof data11 == "number" && isFinite(data11)) {
        if (data11 > 1024 || isNaN(data11)) {
          const err31 = { instancePath: instancePath + "/parallel", schemaPath: "#/properties/parallel/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1024 }, message: "must be <= 1024" };
          if (vErrors === null) {
            vErrors = [err31];
          } else {
            vErrors.push(err31);
          }
          errors++;
        }
        if (data11 < 1 || isNaN(data11)) {
          const err32 = { instancePath: instancePath + "/parallel", schemaPath: "#/properties/parallel/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err32];
          } else {
            vErrors.push(err32);
          }
          errors++;
        }
      }
    }
    if (data.space !== void 0) {
      let data12 = data.space;
      if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
        if (Object.keys(data12).length < 1) {
          const err33 = { instancePath: instancePath + "/space", schemaPath: "#/properties/space/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err33];
          } else {
            vErrors.push(err33);
          }
          errors++;
        }
        for (const key2 in data12) {
          if (!validate36(data12[key2], { instancePath: instancePath + "/space/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data12, parentDataProperty: key2, rootData })) {
            vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err34 = { instancePath: instancePath + "/space", schemaPath: "#/properties/space/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
    }
  } else {
    const err35 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err35];
    } else {
      vErrors.push(err35);
    }
    errors++;
  }
  validate35.errors = vErrors;
  return errors === 0;
}
function validate24(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const _errs1 = errors;
  let valid0 = false;
  const _errs2 = errors;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.model === void 0) {
      const err0 = { instancePath, schemaPath: "#/anyOf/0/required", keyword: "required", params: { missingProperty: "model" }, message: "must have required property 'model'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  }
  var _valid0 = _errs2 === errors;
  valid0 = valid0 || _valid0;
  if (!valid0) {
    const _errs3 = errors;
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.command === void 0) {
        const err1 = { instancePath, schemaPath: "#/anyOf/1/required", keyword: "required", params: { missingProperty: "command" }, message: "must have required property 'command'" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    var _valid0 = _errs3 === errors;
    valid0 = valid0 || _valid0;
  }
  if (!valid0) {
    const err2 = { instancePath, schemaPath: "#/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  } else {
    errors = _errs1;
    if (vErrors !== null) {
      if (_errs1) {
        vErrors.length = _errs1;
      } else {
        vErrors = null;
      }
    }
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.data === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "data" }, message: "must have required property 'data'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema40.properties, key0)) {
        const err5 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("train" !== data.kind) {
        const err6 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "train" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.description !== void 0) {
      if (typeof data.description !== "string") {
        const err7 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.data !== void 0) {
      let data2 = data.data;
      if (typeof data2 === "string") {
        if (func2(data2) < 1) {
          const err8 = { instancePath: instancePath + "/data", schemaPath: "common#/$defs/StageReference/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = { instancePath: instancePath + "/data", schemaPath: "common#/$defs/StageReference/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.model !== void 0) {
      let data3 = data.model;
      const _errs12 = errors;
      let valid3 = false;
      const _errs13 = errors;
      if (typeof data3 !== "string") {
        const err10 = { instancePath: instancePath + "/model", schemaPath: "#/properties/model/anyOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (!(data3 === "linear" || data3 === "boosted-trees" || data3 === "network")) {
        const err11 = { instancePath: instancePath + "/model", schemaPath: "#/properties/model/anyOf/0/enum", keyword: "enum", params: { allowedValues: schema40.properties.model.anyOf[0].enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
      var _valid1 = _errs13 === errors;
      valid3 = valid3 || _valid1;
      if (!valid3) {
        const _errs15 = errors;
        if (!validate25(data3, { instancePath: instancePath + "/model", parentData: data, parentDataProperty: "model", rootData })) {
          vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
          errors = vErrors.length;
        }
        var _valid1 = _errs15 === errors;
        valid3 = valid3 || _valid1;
      }
      if (!valid3) {
        const err12 = { instancePath: instancePath + "/model", schemaPath: "#/properties/model/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      } else {
        errors = _errs12;
        if (vErrors !== null) {
          if (_errs12) {
            vErrors.length = _errs12;
          } else {
            vErrors = null;
          }
        }
      }
    }
    if (data.command !== void 0) {
      let data4 = data.command;
      if (Array.isArray(data4)) {
        if (data4.length < 1) {
          const err13 = { instancePath: instancePath + "/command", schemaPath: "#/properties/command/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err13];
          } else {
            vErrors.push(err13);
          }
          errors++;
        }
        const len0 = data4.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (typeof data4[i0] !== "string") {
            const err14 = { instancePath: instancePath + "/command/" + i0, schemaPath: "#/properties/command/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/command", schemaPath: "#/properties/command/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.inputs !== void 0) {
      let data6 = data.inputs;
      if (Array.isArray(data6)) {
        const len1 = data6.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (typeof data6[i1] !== "string") {
            const err16 = { instancePath: instancePath + "/inputs/" + i1, schemaPath: "#/properties/inputs/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
      } else {
        const err17 = { instancePath: instancePath + "/inputs", schemaPath: "#/properties/inputs/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.environment !== void 0) {
      let data8 = data.environment;
      if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
        for (const key1 in data8) {
          if (typeof data8[key1] !== "string") {
            const err18 = { instancePath: instancePath + "/environment/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/environment/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
      } else {
        const err19 = { instancePath: instancePath + "/environment", schemaPath: "#/properties/environment/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.timeout !== void 0) {
      let data10 = data.timeout;
      if (typeof data10 == "number" && isFinite(data10)) {
        if (data10 <= 0 || isNaN(data10)) {
          const err20 = { instancePath: instancePath + "/timeout", schemaPath: "#/properties/timeout/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
      } else {
        const err21 = { instancePath: instancePath + "/timeout", schemaPath: "#/properties/timeout/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.training !== void 0) {
      if (!validate33(data.training, { instancePath: instancePath + "/training", parentData: data, parentDataProperty: "training", rootData })) {
        vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
        errors = vErrors.length;
      }
    }
    if (data.tune !== void 0) {
      if (!validate35(data.tune, { instancePath: instancePath + "/tune", parentData: data, parentDataProperty: "tune", rootData })) {
        vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
        errors = vErrors.length;
      }
    }
    if (data.resources !== void 0) {
      let data13 = data.resources;
      if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
        for (const key2 in data13) {
          if (!(key2 === "device" || key2 === "threads")) {
            const err22 = { instancePath: instancePath + "/resources", schemaPath: "#/$defs/Resources/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
        }
        if (data13.device !== void 0) {
          let data14 = data13.device;
          if (typeof data14 !== "string") {
            const err23 = { instancePath: instancePath + "/resources/device", schemaPath: "#/$defs/Resources/properties/device/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
          if (!(data14 === "auto" || data14 === "cpu")) {
            const err24 = { instancePath: instancePath + "/resources/device", schemaPath: "#/$defs/Resources/properties/device/enum", keyword: "enum", params: { allowedValues: schema61.properties.device.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        if (data13.threads !== void 0) {
          let data15 = data13.threads;
          if (!(typeof data15 == "number" && (!(data15 % 1) && !isNaN(data15)) && isFinite(data15))) {
            const err25 = { instancePath: instancePath + "/resources/threads", schemaPath: "#/$defs/Resources/properties/threads/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
          if (typeof data15 == "number" && isFinite(data15)) {
            if (data15 > 1024 || isNaN(data15)) {
              const err26 = { instancePath: instancePath + "/resources/threads", schemaPath: "#/$defs/Resources/properties/threads/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1024 }, message: "must be <= 1024" };
              if (vErrors === null) {
                vErrors = [err26];
              } else {
                vErrors.push(err26);
              }
              errors++;
            }
            if (data15 < 1 || isNaN(data15)) {
              const err27 = { instancePath: instancePath + "/resources/threads", schemaPath: "#/$defs/Resources/properties/threads/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err27];
              } else {
                vErrors.push(err27);
              }
              errors++;
            }
          }
        }
      } else {
        const err28 = { instancePath: instancePath + "/resources", schemaPath: "#/$defs/Resources/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
    }
    if (data.seed !== void 0) {
      let data16 = data.seed;
      if (!(typeof data16 == "number" && (!(data16 % 1) && !isNaN(data16)) && isFinite(data16))) {
        const err29 = { instancePath: instancePath + "/seed", schemaPath: "#/properties/seed/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err29];
        } else {
          vErrors.push(err29);
        }
        errors++;
      }
      if (typeof data16 == "number" && isFinite(data16)) {
        if (data16 > 4294967295 || isNaN(data16)) {
          const err30 = { instancePath: instancePath + "/seed", schemaPath: "#/properties/seed/maximum", keyword: "maximum", params: { comparison: "<=", limit: 4294967295 }, message: "must be <= 4294967295" };
          if (vErrors === null) {
            vErrors = [err30];
          } else {
            vErrors.push(err30);
          }
          errors++;
        }
        if (data16 < 0 || isNaN(data16)) {
          const err31 = { instancePath: instancePath + "/seed", schemaPath: "#/properties/seed/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err31];
          } else {
            vErrors.push(err31);
          }
          errors++;
        }
      }
    }
  } else {
    const err32 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err32];
    } else {
      vErrors.push(err32);
    }
    errors++;
  }
  validate24.errors = vErrors;
  return errors === 0;
}
function validate41(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.candidates === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "candidates" }, message: "must have required property 'candidates'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "description" || key0 === "candidates" || key0 === "metrics" || key0 === "fairness" || key0 === "threshold" || key0 === "choose" || key0 === "require")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("evaluate" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "evaluate" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.description !== void 0) {
      if (typeof data.description !== "string") {
        const err4 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.candidates !== void 0) {
      let data2 = data.candidates;
      if (Array.isArray(data2)) {
        if (data2.length < 1) {
          const err5 = { instancePath: instancePath + "/candidates", schemaPath: "#/properties/candidates/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (typeof data3 === "string") {
            if (func2(data3) < 1) {
              const err6 = { instancePath: instancePath + "/candidates/" + i0, schemaPath: "common#/$defs/StageReference/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
          } else {
            const err7 = { instancePath: instancePath + "/candidates/" + i0, schemaPath: "common#/$defs/StageReference/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/candidates", schemaPath: "#/properties/candidates/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.metrics !== void 0) {
      let data4 = data.metrics;
      if (Array.isArray(data4)) {
        if (data4.length < 1) {
          const err9 = { instancePath: instancePath + "/metrics", schemaPath: "#/properties/metrics/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
        const len1 = data4.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (typeof data4[i1] !== "string") {
            const err10 = { instancePath: instancePath + "/metrics/" + i1, schemaPath: "#/properties/metrics/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/metrics", schemaPath: "#/properties/metrics/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.fairness !== void 0) {
      let data6 = data.fairness;
      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
        if (data6.attributes === void 0) {
          const err12 = { instancePath: instancePath + "/fairness", schemaPath: "#/properties/fairness/required", keyword: "required", params: { missingProperty: "attributes" }, message: "must have required property 'attributes'" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        for (const key1 in data6) {
          if (!(key1 === "attributes" || key1 === "require")) {
            const err13 = { instancePath: instancePath + "/fairness", schemaPath: "#/properties/fairness/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
        if (data6.attributes !== void 0) {
          let data7 = data6.attributes;
          if (Array.isArray(data7)) {
            if (data7.length < 1) {
              const err14 = { instancePath: instancePath + "/fairness/attributes", schemaPath: "#/properties/fairness/properties/attributes/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            }
            const len2 = data7.length;
            for (let i2 = 0; i2 < len2; i2++) {
              if (typeof data7[i2] !== "string") {
                const err15 = { instancePath: instancePath + "/fairness/attributes/" + i2, schemaPath: "#/properties/fairness/properties/attributes/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err15];
                } else {
                  vErrors.push(err15);
                }
                errors++;
              }
            }
          } else {
            const err16 = { instancePath: instancePath + "/fairness/attributes", schemaPath: "#/properties/fairness/properties/attributes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
        if (data6.require !== void 0) {
          let data9 = data6.require;
          if (data9 && typeof data9 == "object" && !Array.isArray(data9)) {
            if (Object.keys(data9).length < 1) {
              const err17 = { instancePath: instancePath + "/fairness/require", schemaPath: "#/properties/fairness/properties/require/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
              if (vErrors === null) {
                vErrors = [err17];
              } else {
                vErrors.push(err17);
              }
              errors++;
            }
            for (const key2 in data9) {
              if (!(key2 === "demographic-parity-difference" || key2 === "demographic-parity-ratio" || key2 === "equalized-odds-difference" || key2 === "equal-opportunity-difference")) {
                const err18 = { instancePath: instancePath + "/fairness/require", schemaPath: "#/properties/fairness/properties/require/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            }
            if (data9["demographic-parity-difference"] !== void 0) {
              let data10 = data9["demographic-parity-difference"];
              if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
                if (Object.keys(data10).length < 1) {
                  const err19 = { instancePath: instancePath + "/fairness/require/demographic-parity-difference", schemaPath: "common#/$defs/Bound/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
                  if (vErrors === null) {
                    vErrors = [err19];
                  } else {
                    vErrors.push(err19);
                  }
                  errors++;
                }
                for (const key3 in data10) {
                  if (!(key3 === "min" || key3 === "max")) {
                    const err20 = { instancePath: instancePath + "/fairness/require/demographic-parity-difference", schemaPath: "common#/$defs/Bound/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err20];
                    } else {
                      vErrors.push(err20);
                    }
                    errors++;
                  }
                }
                if (data10.min !== void 0) {
                  let data11 = data10.min;
                  if (!(typeof data11 == "number" && isFinite(data11))) {
                    const err21 = { instancePath: instancePath + "/fairness/require/demographic-parity-difference/min", schemaPath: "common#/$defs/Bound/properties/min/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err21];
                    } else {
                      vErrors.push(err21);
                    }
                    errors++;
                  }
                }
                if (data10.max !== void 0) {
                  let data12 = data10.max;
                  if (!(typeof data12 == "number" && isFinite(data12))) {
                    const err22 = { instancePath: instancePath + "/fairness/require/demographic-parity-difference/max", schemaPath: "common#/$defs/Bound/properties/max/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err22];
                    } else {
                      vErrors.push(err22);
                    }
                    errors++;
                  }
                }
              } else {
                const err23 = { instancePath: instancePath + "/fairness/require/demographic-parity-difference", schemaPath: "common#/$defs/Bound/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
            if (data9["demographic-parity-ratio"] !== void 0) {
              let data13 = data9["demographic-parity-ratio"];
              if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
                if (Object.keys(data13).length < 1) {
                  const err24 = { instancePath: instancePath + "/fairness/require/demographic-parity-ratio", schemaPath: "common#/$defs/Bound/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
                  if (vErrors === null) {
                    vErrors = [err24];
                  } else {
                    vErrors.push(err24);
                  }
                  errors++;
                }
                for (const key4 in data13) {
                  if (!(key4 === "min" || key4 === "max")) {
                    const err25 = { instancePath: instancePath + "/fairness/require/demographic-parity-ratio", schemaPath: "common#/$defs/Bound/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err25];
                    } else {
                      vErrors.push(err25);
                    }
                    errors++;
                  }
                }
                if (data13.min !== void 0) {
                  let data14 = data13.min;
                  if (!(typeof data14 == "number" && isFinite(data14))) {
                    const err26 = { instancePath: instancePath + "/fairness/require/demographic-parity-ratio/min", schemaPath: "common#/$defs/Bound/properties/min/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err26];
                    } else {
                      vErrors.push(err26);
                    }
                    errors++;
                  }
                }
                if (data13.max !== void 0) {
                  let data15 = data13.max;
                  if (!(typeof data15 == "number" && isFinite(data15))) {
                    const err27 = { instancePath: instancePath + "/fairness/require/demographic-parity-ratio/max", schemaPath: "common#/$defs/Bound/properties/max/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err27];
                    } else {
                      vErrors.push(err27);
                    }
                    errors++;
                  }
                }
              } else {
                const err28 = { instancePath: instancePath + "/fairness/require/demographic-parity-ratio", schemaPath: "common#/$defs/Bound/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
            }
            if (data9["equalized-odds-difference"] !== void 0) {
              let data16 = data9["equalized-odds-difference"];
              if (data16 && typeof data16 == "object" && !Array.isArray(data16)) {
                if (Object.keys(data16).length < 1) {
                  const err29 = { instancePath: instancePath + "/fairness/require/equalized-odds-difference", schemaPath: "common#/$defs/Bound/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
                  if (vErrors === null) {
                    vErrors = [err29];
                  } else {
                    vErrors.push(err29);
                  }
                  errors++;
                }
                for (const key5 in data16) {
                  if (!(key5 === "min" || key5 === "max")) {
                    const err30 = { instancePath: instancePath + "/fairness/require/equalized-odds-difference", schemaPath: "common#/$defs/Bound/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err30];
                    } else {
                      vErrors.push(err30);
                    }
                    errors++;
                  }
                }
                if (data16.min !== void 0) {
                  let data17 = data16.min;
                  if (!(typeof data17 == "number" && isFinite(data17))) {
                    const err31 = { instancePath: instancePath + "/fairness/require/equalized-odds-difference/min", schemaPath: "common#/$defs/Bound/properties/min/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err31];
                    } else {
                      vErrors.push(err31);
                    }
                    errors++;
                  }
                }
                if (data16.max !== void 0) {
                  let data18 = data16.max;
                  if (!(typeof data18 == "number" && isFinite(data18))) {
                    const err32 = { instancePath: instancePath + "/fairness/require/equalized-odds-difference/max", schemaPath: "common#/$defs/Bound/properties/max/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err32];
                    } else {
                      vErrors.push(err32);
                    }
                    errors++;
                  }
                }
              } else {
                const err33 = { instancePath: instancePath + "/fairness/require/equalized-odds-difference", schemaPath: "common#/$defs/Bound/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err33];
                } else {
                  vErrors.push(err33);
                }
                errors++;
              }
            }
            if (data9["equal-opportunity-difference"] !== void 0) {
              let data19 = data9["equal-opportunity-difference"];
              if (data19 && typeof data19 == "object" && !Array.isArray(data19)) {
                if (Object.keys(data19).length < 1) {
                  const err34 = { instancePath: instancePath + "/fairness/require/equal-opportunity-difference", schemaPath: "common#/$defs/Bound/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
                  if (vErrors === null) {
                    vErrors = [err34];
                  } else {
                    vErrors.push(err34);
                  }
                  errors++;
                }
                for (const key6 in data19) {
                  if (!(key6 === "min" || key6 === "max")) {
                    const err35 = { instancePath: instancePath + "/fairness/require/equal-opportunity-difference", schemaPath: "common#/$defs/Bound/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err35];
                    } else {
                      vErrors.push(err35);
                    }
                    errors++;
                  }
                }
                if (data19.min !== void 0) {
                  let data20 = data19.min;
                  if (!(typeof data20 == "number" && isFinite(data20))) {
                    const err36 = { instancePath: instancePath + "/fairness/require/equal-opportunity-difference/min", schemaPath: "common#/$defs/Bound/properties/min/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err36];
                    } else {
                      vErrors.push(err36);
                    }
                    errors++;
                  }
                }
                if (data19.max !== void 0) {
                  let data21 = data19.max;
                  if (!(typeof data21 == "number" && isFinite(data21))) {
                    const err37 = { instancePath: instancePath + "/fairness/require/equal-opportunity-difference/max", schemaPath: "common#/$defs/Bound/properties/max/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err37];
                    } else {
                      vErrors.push(err37);
                    }
                    errors++;
                  }
                }
              } else {
                const err38 = { instancePath: instancePath + "/fairness/require/equal-opportunity-difference", schemaPath: "common#/$defs/Bound/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err38];
                } else {
                  vErrors.push(err38);
                }
                errors++;
              }
            }
          } else {
            const err39 = { instancePath: instancePath + "/fairness/require", schemaPath: "#/properties/fairness/properties/require/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err39];
            } else {
              vErrors.push(err39);
            }
            errors++;
          }
        }
      } else {
        const err40 = { instancePath: instancePath + "/fairness", schemaPath: "#/properties/fairness/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err40];
        } else {
          vErrors.push(err40);
        }
        errors++;
      }
    }
    if (data.threshold !== void 0) {
      let data22 = data.threshold;
      if (typeof data22 == "number" && isFinite(data22)) {
        if (data22 > 1 || isNaN(data22)) {
          const err41 = { instancePath: instancePath + "/threshold", schemaPath: "#/properties/threshold/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
          if (vErrors === null) {
            vErrors = [err41];
          } else {
            vErrors.push(err41);
          }
          errors++;
        }
        if (data22 < 0 || isNaN(data22)) {
          const err42 = { instancePath: instancePath + "/threshold", schemaPath: "#/properties/threshold/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err42];
          } else {
            vErrors.push(err42);
          }
          errors++;
        }
      } else {
        const err43 = { instancePath: instancePath + "/threshold", schemaPath: "#/properties/threshold/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err43];
        } else {
          vErrors.push(err43);
        }
        errors++;
      }
    }
    if (data.choose !== void 0) {
      let data23 = data.choose;
      if (data23 && typeof data23 == "object" && !Array.isArray(data23)) {
        for (const key7 in data23) {
          if (!(key7 === "metric" || key7 === "on")) {
            const err44 = { instancePath: instancePath + "/choose", schemaPath: "#/properties/choose/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err44];
            } else {
              vErrors.push(err44);
            }
            errors++;
          }
        }
        if (data23.metric !== void 0) {
          if (typeof data23.metric !== "string") {
            const err45 = { instancePath: instancePath + "/choose/metric", schemaPath: "#/properties/choose/properties/metric/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err45];
            } else {
              vErrors.push(err45);
            }
            errors++;
          }
        }
        if (data23.on !== void 0) {
          if ("validation" !== data23.on) {
            const err46 = { instancePath: instancePath + "/choose/on", schemaPath: "#/properties/choose/properties/on/const", keyword: "const", params: { allowedValue: "validation" }, message: "must be equal to constant" };
            if (vErrors === null) {
              vErrors = [err46];
            } else {
              vErrors.push(err46);
            }
            errors++;
          }
        }
      } else {
        const err47 = { instancePath: instancePath + "/choose", schemaPath: "#/properties/choose/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err47];
        } else {
          vErrors.push(err47);
        }
        errors++;
      }
    }
    if (data.require !== void 0) {
      let data26 = data.require;
      if (data26 && typeof data26 == "object" && !Array.isArray(data26)) {
        if (Object.keys(data26).length < 1) {
          const err48 = { instancePath: instancePath + "/require", schemaPath: "#/properties/require/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err48];
          } else {
            vErrors.push(err48);
          }
          errors++;
        }
        for (const key8 in data26) {
          let data27 = data26[key8];
          if (data27 && typeof data27 == "object" && !Array.isArray(data27)) {
            if (Object.keys(data27).length < 1) {
              const err49 = { instancePath: instancePath + "/require/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Bound/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
              if (vErrors === null) {
                vErrors = [err49];
              } else {
                vErrors.push(err49);
              }
              errors++;
            }
            for (const key9 in data27) {
              if (!(key9 === "min" || key9 === "max")) {
                const err50 = { instancePath: instancePath + "/require/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Bound/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key9 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err50];
                } else {
                  vErrors.push(err50);
                }
                errors++;
              }
            }
            if (data27.min !== void 0) {
              let data28 = data27.min;
              if (!(typeof data28 == "number" && isFinite(data28))) {
                const err51 = { instancePath: instancePath + "/require/" + key8.replace(/~/g, "~0").replace(/\//g, "~1") + "/min", schemaPath: "common#/$defs/Bound/properties/min/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err51];
                } else {
                  vErrors.push(err51);
                }
                errors++;
              }
            }
            if (data27.max !== void 0) {
              let data29 = data27.max;
              if (!(typeof data29 == "number" && isFinite(data29))) {
                const err52 = { instancePath: instancePath + "/require/" + key8.replace(/~/g, "~0").replace(/\//g, "~1") + "/max", schemaPath: "common#/$defs/Bound/properties/max/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err52];
                } else {
                  vErrors.push(err52);
                }
                errors++;
              }
            }
          } else {
            const err53 = { instancePath: instancePath + "/require/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Bound/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err53];
            } else {
              vErrors.push(err53);
            }
            errors++;
          }
        }
      } else {
        const err54 = { instancePath: instancePath + "/require", schemaPath: "#/properties/require/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err54];
        } else {
          vErrors.push(err54);
        }
        errors++;
      }
    }
  } else {
    const err55 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err55];
    } else {
      vErrors.push(err55);
    }
    errors++;
  }
  validate41.errors = vErrors;
  return errors === 0;
}
var schema69 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "optimize", "title": "OptimizeStage", "description": "Makes a model smaller or faster and proves that it is still good.", "type": "object", "additionalProperties": false, "required": ["kind", "model", "quantize"], "x-outputs": {}, "properties": { "kind": { "const": "optimize", "description": "Makes a model smaller or faster." }, "description": { "type": "string", "x-cosmetic": true, "description": "What this stage is for. Changes re-run nothing." }, "model": { "$ref": "common#/$defs/StageReference", "x-reference": ["train", "evaluate", "optimize"], "description": "The model to optimise, for example `exam.best`." }, "quantize": { "type": "string", "enum": ["int8"], "description": "Store weights as 8-bit integers, a quarter of the size; matrices are quantised a column at a time. Models without matrices (trees) are passed on unchanged, with a note." }, "require": { "type": "object", "x-metric-keys": true, "minProperties": 1, "description": "How much a metric may suffer on the validation split, by metric.", "examples": [{ "auc": { "drop-at-most": 0.01 } }], "additionalProperties": { "type": "object", "additionalProperties": false, "minProperties": 1, "description": "What the metric must keep.", "properties": { "drop-at-most": { "type": "number", "minimum": 0, "description": "The most by which the metric may get worse." }, "min": { "type": "number", "description": "The metric must be at least this." }, "max": { "type": "number", "description": "The metric must be at most this." } } } } } };
function validate42(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.model === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "model" }, message: "must have required property 'model'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.quantize === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "quantize" }, message: "must have required property 'quantize'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "description" || key0 === "model" || key0 === "quantize" || key0 === "require")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("optimize" !== data.kind) {
        const err4 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "optimize" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.description !== void 0) {
      if (typeof data.description !== "string") {
        const err5 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.model !== void 0) {
      let data2 = data.model;
      if (typeof data2 === "string") {
        if (func2(data2) < 1) {
          const err6 = { instancePath: instancePath + "/model", schemaPath: "common#/$defs/StageReference/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      } else {
        const err7 = { instancePath: instancePath + "/model", schemaPath: "common#/$defs/StageReference/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.quantize !== void 0) {
      let data3 = data.quantize;
      if (typeof data3 !== "string") {
        const err8 = { instancePath: instancePath + "/quantize", schemaPath: "#/properties/quantize/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
      if (!(data3 === "int8")) {
        const err9 = { instancePath: instancePath + "/quantize", schemaPath: "#/properties/quantize/enum", keyword: "enum", params: { allowedValues: schema69.properties.quantize.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.require !== void 0) {
      let data4 = data.require;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        if (Object.keys(data4).length < 1) {
          const err10 = { instancePath: instancePath + "/require", schemaPath: "#/properties/require/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        for (const key1 in data4) {
          let data5 = data4[key1];
          if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
            if (Object.keys(data5).length < 1) {
              const err11 = { instancePath: instancePath + "/require/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/require/additionalProperties/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
              if (vErrors === null) {
                vErrors = [err11];
              } else {
                vErrors.push(err11);
              }
              errors++;
            }
            for (const key2 in data5) {
              if (!(key2 === "drop-at-most" || key2 === "min" || key2 === "max")) {
                const err12 = { instancePath: instancePath + "/require/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/require/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err12];
                } else {
                  vErrors.push(err12);
                }
                errors++;
              }
            }
            if (data5["drop-at-most"] !== void 0) {
              let data6 = data5["drop-at-most"];
              if (typeof data6 == "number" && isFinite(data6)) {
                if (data6 < 0 || isNaN(data6)) {
                  const err13 = { instancePath: instancePath + "/require/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/drop-at-most", schemaPath: "#/properties/require/additionalProperties/properties/drop-at-most/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err13];
                  } else {
                    vErrors.push(err13);
                  }
                  errors++;
                }
              } else {
                const err14 = { instancePath: instancePath + "/require/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/drop-at-most", schemaPath: "#/properties/require/additionalProperties/properties/drop-at-most/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err14];
                } else {
                  vErrors.push(err14);
                }
                errors++;
              }
            }
            if (data5.min !== void 0) {
              let data7 = data5.min;
              if (!(typeof data7 == "number" && isFinite(data7))) {
                const err15 = { instancePath: instancePath + "/require/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/min", schemaPath: "#/properties/require/additionalProperties/properties/min/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err15];
                } else {
                  vErrors.push(err15);
                }
                errors++;
              }
            }
            if (data5.max !== void 0) {
              let data8 = data5.max;
              if (!(typeof data8 == "number" && isFinite(data8))) {
                const err16 = { instancePath: instancePath + "/require/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/max", schemaPath: "#/properties/require/additionalProperties/properties/max/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err16];
                } else {
                  vErrors.push(err16);
                }
                errors++;
              }
            }
          } else {
            const err17 = { instancePath: instancePath + "/require/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/require/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
      } else {
        const err18 = { instancePath: instancePath + "/require", schemaPath: "#/properties/require/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
  } else {
    const err19 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err19];
    } else {
      vErrors.push(err19);
    }
    errors++;
  }
  validate42.errors = vErrors;
  return errors === 0;
}
var pattern3 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._-]*$", "u");
function validate43(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.model === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "model" }, message: "must have required property 'model'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.name === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "description" || key0 === "model" || key0 === "name" || key0 === "aliases" || key0 === "notes")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("package" !== data.kind) {
        const err4 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "package" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.description !== void 0) {
      if (typeof data.description !== "string") {
        const err5 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.model !== void 0) {
      let data2 = data.model;
      if (typeof data2 === "string") {
        if (func2(data2) < 1) {
          const err6 = { instancePath: instancePath + "/model", schemaPath: "common#/$defs/StageReference/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      } else {
        const err7 = { instancePath: instancePath + "/model", schemaPath: "common#/$defs/StageReference/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data3 = data.name;
      if (typeof data3 === "string") {
        if (func2(data3) > 100) {
          const err8 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        if (!pattern3.test(data3)) {
          const err9 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" }, message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]*$"' };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      } else {
        const err10 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.aliases !== void 0) {
      let data4 = data.aliases;
      if (Array.isArray(data4)) {
        const len0 = data4.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data5 = data4[i0];
          if (typeof data5 === "string") {
            if (!pattern0.test(data5)) {
              const err11 = { instancePath: instancePath + "/aliases/" + i0, schemaPath: "#/properties/aliases/items/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z][A-Za-z0-9_-]*$" }, message: 'must match pattern "^[A-Za-z][A-Za-z0-9_-]*$"' };
              if (vErrors === null) {
                vErrors = [err11];
              } else {
                vErrors.push(err11);
              }
              errors++;
            }
          } else {
            const err12 = { instancePath: instancePath + "/aliases/" + i0, schemaPath: "#/properties/aliases/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
      } else {
        const err13 = { instancePath: instancePath + "/aliases", schemaPath: "#/properties/aliases/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.notes !== void 0) {
      if (typeof data.notes !== "string") {
        const err14 = { instancePath: instancePath + "/notes", schemaPath: "#/properties/notes/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
  } else {
    const err15 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err15];
    } else {
      vErrors.push(err15);
    }
    errors++;
  }
  validate43.errors = vErrors;
  return errors === 0;
}
function validate44(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.package === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "package" }, message: "must have required property 'package'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.target === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "target" }, message: "must have required property 'target'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "description" || key0 === "package" || key0 === "target")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("deploy" !== data.kind) {
        const err4 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "deploy" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.description !== void 0) {
      if (typeof data.description !== "string") {
        const err5 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.package !== void 0) {
      let data2 = data.package;
      if (typeof data2 === "string") {
        if (func2(data2) < 1) {
          const err6 = { instancePath: instancePath + "/package", schemaPath: "common#/$defs/StageReference/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      } else {
        const err7 = { instancePath: instancePath + "/package", schemaPath: "common#/$defs/StageReference/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.target !== void 0) {
      let data3 = data.target;
      if (typeof data3 === "string") {
        if (func2(data3) < 1) {
          const err8 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
  } else {
    const err10 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err10];
    } else {
      vErrors.push(err10);
    }
    errors++;
  }
  validate44.errors = vErrors;
  return errors === 0;
}
var schema75 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "monitor", "title": "MonitorStage", "description": "Compares what a deployed model is asked with what it was trained on. Runs with `run --deploy`, with `monitor`, or when asked for by name.", "type": "object", "additionalProperties": false, "required": ["kind", "deployment", "reference"], "x-outputs": {}, "x-effect": true, "properties": { "kind": { "const": "monitor", "description": "Watches a deployed model." }, "description": { "type": "string", "x-cosmetic": true, "description": "What this stage is for." }, "deployment": { "$ref": "common#/$defs/StageReference", "x-reference": ["deploy"], "description": "The deploy stage whose request log is watched." }, "reference": { "$ref": "common#/$defs/StageReference", "x-reference": ["data"], "description": "The data to compare with, for example `customers.train`." }, "window": { "type": "object", "additionalProperties": false, "minProperties": 1, "description": "Which requests to look at. Without it all since the deployment.", "properties": { "last": { "type": "integer", "minimum": 1, "description": "The last so many rows." }, "hours": { "type": "number", "exclusiveMinimum": 0, "description": "The last so many hours." } } }, "drift": { "type": "object", "additionalProperties": false, "description": "How drift is measured.", "properties": { "method": { "type": "string", "enum": ["auto", "psi", "ks", "chi2", "jensen-shannon", "wasserstein"], "default": "auto", "description": "Statistic that decides; where it does not fit the type of a column, `ks` and `chi2` stand in for each other, and `jensen-shannon` for `wasserstein`. `auto`: Kolmogorov\u2013Smirnov for numbers and chi-squared for categories up to 1,000 rows, above that normalised Wasserstein and Jensen\u2013Shannon effect sizes." }, "threshold": { "type": "number", "exclusiveMinimum": 0, "description": "Statistic from which a feature counts as drifted, for methods that are effect sizes. Without it 0.2 for psi, 0.1 for jensen-shannon and wasserstein. A change that chance explains (by the test of that kind of column, at the false-discovery rate) never counts." }, "false-discovery-rate": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": 0.05, "description": "Share of false alarms among alarms (Benjamini\u2013Hochberg over the columns)." }, "columns": { "type": "array", "minItems": 1, "items": { "type": "string", "x-column": "any" }, "description": "The columns to watch. Without it all inputs of the model." }, "minimum-rows": { "type": "integer", "minimum": 1, "default": 50, "description": "Fewer rows than this give no verdict." } } }, "require": { "type": "object", "minProperties": 1, "additionalProperties": false, "description": "What must hold; the stage fails otherwise.", "properties": { "drift-share": { "$ref": "common#/$defs/Bound" } } }, "retrain": { "type": "object", "additionalProperties": false, "required": ["when"], "description": "When retraining is due. It is reported as an event and in the exit code of `lifecycle monitor`.", "properties": { "when": { "type": "string", "minLength": 1, "x-expression": "monitor", "description": "A condition over `drift.share`, `drift.count`, `drift.<column>` (the deciding statistic of a column), `drift.prediction` and `rows`.", "examples": ["drift.share >= 0.3"] } } } } };
function validate45(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.deployment === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "deployment" }, message: "must have required property 'deployment'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.reference === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "reference" }, message: "must have required property 'reference'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "description" || key0 === "deployment" || key0 === "reference" || key0 === "window" || key0 === "drift" || key0 === "require" || key0 === "retrain")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("monitor" !== data.kind) {
        const err4 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "monitor" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.description !== void 0) {
      if (typeof data.description !== "string") {
        const err5 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.deployment !== void 0) {
      let data2 = data.deployment;
      if (typeof data2 === "string") {
        if (func2(data2) < 1) {
          const err6 = { instancePath: instancePath + "/deployment", schemaPath: "common#/$defs/StageReference/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      } else {
        const err7 = { instancePath: instancePath + "/deployment", schemaPath: "common#/$defs/StageReference/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.reference !== void 0) {
      let data3 = data.reference;
      if (typeof data3 === "string") {
        if (func2(data3) < 1) {
          const err8 = { instancePath: instancePath + "/reference", schemaPath: "common#/$defs/StageReference/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = { instancePath: instancePath + "/reference", schemaPath: "common#/$defs/StageReference/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.window !== void 0) {
      let data4 = data.window;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        if (Object.keys(data4).length < 1) {
          const err10 = { instancePath: instancePath + "/window", schemaPath: "#/properties/window/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        for (const key1 in data4) {
          if (!(key1 === "last" || key1 === "hours")) {
            const err11 = { instancePath: instancePath + "/window", schemaPath: "#/properties/window/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        }
        if (data4.last !== void 0) {
          let data5 = data4.last;
          if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
            const err12 = { instancePath: instancePath + "/window/last", schemaPath: "#/properties/window/properties/last/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
          if (typeof data5 == "number" && isFinite(data5)) {
            if (data5 < 1 || isNaN(data5)) {
              const err13 = { instancePath: instancePath + "/window/last", schemaPath: "#/properties/window/properties/last/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
          }
        }
        if (data4.hours !== void 0) {
          let data6 = data4.hours;
          if (typeof data6 == "number" && isFinite(data6)) {
            if (data6 <= 0 || isNaN(data6)) {
              const err14 = { instancePath: instancePath + "/window/hours", schemaPath: "#/properties/window/properties/hours/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            }
          } else {
            const err15 = { instancePath: instancePath + "/window/hours", schemaPath: "#/properties/window/properties/hours/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
      } else {
        const err16 = { instancePath: instancePath + "/window", schemaPath: "#/properties/window/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.drift !== void 0) {
      let data7 = data.drift;
      if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
        for (const key2 in data7) {
          if (!(key2 === "method" || key2 === "threshold" || key2 === "false-discovery-rate" || key2 === "columns" || key2 === "minimum-rows")) {
            const err17 = { instancePath: instancePath + "/drift", schemaPath: "#/properties/drift/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
        if (data7.method !== void 0) {
          let data8 = data7.method;
          if (typeof data8 !== "string") {
            const err18 = { instancePath: instancePath + "/drift/method", schemaPath: "#/properties/drift/properties/method/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
          if (!(data8 === "auto" || data8 === "psi" || data8 === "ks" || data8 === "chi2" || data8 === "jensen-shannon" || data8 === "wasserstein")) {
            const err19 = { instancePath: instancePath + "/drift/method", schemaPath: "#/properties/drift/properties/method/enum", keyword: "enum", params: { allowedValues: schema75.properties.drift.properties.method.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
        }
        if (data7.threshold !== void 0) {
          let data9 = data7.threshold;
          if (typeof data9 == "number" && isFinite(data9)) {
            if (data9 <= 0 || isNaN(data9)) {
              const err20 = { instancePath: instancePath + "/drift/threshold", schemaPath: "#/properties/drift/properties/threshold/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
              if (vErrors === null) {
                vErrors = [err20];
              } else {
                vErrors.push(err20);
              }
              errors++;
            }
          } else {
            const err21 = { instancePath: instancePath + "/drift/threshold", schemaPath: "#/properties/drift/properties/threshold/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
        if (data7["false-discovery-rate"] !== void 0) {
          let data10 = data7["false-discovery-rate"];
          if (typeof data10 == "number" && isFinite(data10)) {
            if (data10 >= 1 || isNaN(data10)) {
              const err22 = { instancePath: instancePath + "/drift/false-discovery-rate", schemaPath: "#/properties/drift/properties/false-discovery-rate/exclusiveMaximum", keyword: "exclusiveMaximum", params: { comparison: "<", limit: 1 }, message: "must be < 1" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
            if (data10 <= 0 || isNaN(data10)) {
              const err23 = { instancePath: instancePath + "/drift/false-discovery-rate", schemaPath: "#/properties/drift/properties/false-discovery-rate/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
          } else {
            const err24 = { instancePath: instancePath + "/drift/false-discovery-rate", schemaPath: "#/properties/drift/properties/false-discovery-rate/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        if (data7.columns !== void 0) {
          let data11 = data7.columns;
          if (Array.isArray(data11)) {
            if (data11.length < 1) {
              const err25 = { instancePath: instancePath + "/drift/columns", schemaPath: "#/properties/drift/properties/columns/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
              if (vErrors === null) {
                vErrors = [err25];
              } else {
                vErrors.push(err25);
              }
              errors++;
            }
            const len0 = data11.length;
            for (let i0 = 0; i0 < len0; i0++) {
              if (typeof data11[i0] !== "string") {
                const err26 = { instancePath: instancePath + "/drift/columns/" + i0, schemaPath: "#/properties/drift/properties/columns/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
            }
          } else {
            const err27 = { instancePath: instancePath + "/drift/columns", schemaPath: "#/properties/drift/properties/columns/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (data7["minimum-rows"] !== void 0) {
          let data13 = data7["minimum-rows"];
          if (!(typeof data13 == "number" && (!(data13 % 1) && !isNaN(data13)) && isFinite(data13))) {
            const err28 = { instancePath: instancePath + "/drift/minimum-rows", schemaPath: "#/properties/drift/properties/minimum-rows/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
          if (typeof data13 == "number" && isFinite(data13)) {
            if (data13 < 1 || isNaN(data13)) {
              const err29 = { instancePath: instancePath + "/drift/minimum-rows", schemaPath: "#/properties/drift/properties/minimum-rows/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
          }
        }
      } else {
        const err30 = { instancePath: instancePath + "/drift", schemaPath: "#/properties/drift/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
    }
    if (data.require !== void 0) {
      let data14 = data.require;
      if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
        if (Object.keys(data14).length < 1) {
          const err31 = { instancePath: instancePath + "/require", schemaPath: "#/properties/require/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err31];
          } else {
            vErrors.push(err31);
          }
          errors++;
        }
        for (const key3 in data14) {
          if (!(key3 === "drift-share")) {
            const err32 = { instancePath: instancePath + "/require", schemaPath: "#/properties/require/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
        }
        if (data14["drift-share"] !== void 0) {
          let data15 = data14["drift-share"];
          if (data15 && typeof data15 == "object" && !Array.isArray(data15)) {
            if (Object.keys(data15).length < 1) {
              const err33 = { instancePath: instancePath + "/require/drift-share", schemaPath: "common#/$defs/Bound/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
              if (vErrors === null) {
                vErrors = [err33];
              } else {
                vErrors.push(err33);
              }
              errors++;
            }
            for (const key4 in data15) {
              if (!(key4 === "min" || key4 === "max")) {
                const err34 = { instancePath: instancePath + "/require/drift-share", schemaPath: "common#/$defs/Bound/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err34];
                } else {
                  vErrors.push(err34);
                }
                errors++;
              }
            }
            if (data15.min !== void 0) {
              let data16 = data15.min;
              if (!(typeof data16 == "number" && isFinite(data16))) {
                const err35 = { instancePath: instancePath + "/require/drift-share/min", schemaPath: "common#/$defs/Bound/properties/min/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err35];
                } else {
                  vErrors.push(err35);
                }
                errors++;
              }
            }
            if (data15.max !== void 0) {
              let data17 = data15.max;
              if (!(typeof data17 == "number" && isFinite(data17))) {
                const err36 = { instancePath: instancePath + "/require/drift-share/max", schemaPath: "common#/$defs/Bound/properties/max/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err36];
                } else {
                  vErrors.push(err36);
                }
                errors++;
              }
            }
          } else {
            const err37 = { instancePath: instancePath + "/require/drift-share", schemaPath: "common#/$defs/Bound/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
      } else {
        const err38 = { instancePath: instancePath + "/require", schemaPath: "#/properties/require/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err38];
        } else {
          vErrors.push(err38);
        }
        errors++;
      }
    }
    if (data.retrain !== void 0) {
      let data18 = data.retrain;
      if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
        if (data18.when === void 0) {
          const err39 = { instancePath: instancePath + "/retrain", schemaPath: "#/properties/retrain/required", keyword: "required", params: { missingProperty: "when" }, message: "must have required property 'when'" };
          if (vErrors === null) {
            vErrors = [err39];
          } else {
            vErrors.push(err39);
          }
          errors++;
        }
        for (const key5 in data18) {
          if (!(key5 === "when")) {
            const err40 = { instancePath: instancePath + "/retrain", schemaPath: "#/properties/retrain/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err40];
            } else {
              vErrors.push(err40);
            }
            errors++;
          }
        }
        if (data18.when !== void 0) {
          let data19 = data18.when;
          if (typeof data19 === "string") {
            if (func2(data19) < 1) {
              const err41 = { instancePath: instancePath + "/retrain/when", schemaPath: "#/properties/retrain/properties/when/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
          } else {
            const err42 = { instancePath: instancePath + "/retrain/when", schemaPath: "#/properties/retrain/properties/when/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err42];
            } else {
              vErrors.push(err42);
            }
            errors++;
          }
        }
      } else {
        const err43 = { instancePath: instancePath + "/retrain", schemaPath: "#/properties/retrain/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err43];
        } else {
          vErrors.push(err43);
        }
        errors++;
      }
    }
  } else {
    const err44 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err44];
    } else {
      vErrors.push(err44);
    }
    errors++;
  }
  validate45.errors = vErrors;
  return errors === 0;
}
function validate12(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    const tag0 = data.kind;
    if (typeof tag0 == "string") {
      if (tag0 === "data") {
        if (!validate13(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "train") {
        if (!validate24(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "evaluate") {
        if (!validate41(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "optimize") {
        if (!validate42(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate42.errors : vErrors.concat(validate42.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "package") {
        if (!validate43(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate43.errors : vErrors.concat(validate43.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "deploy") {
        if (!validate44(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate44.errors : vErrors.concat(validate44.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "monitor") {
        if (!validate45(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate45.errors : vErrors.concat(validate45.errors);
          errors = vErrors.length;
        }
      } else {
        const err1 = { instancePath, schemaPath: "#/discriminator", keyword: "discriminator", params: { error: "mapping", tag: "kind", tagValue: tag0 }, message: 'value of tag "kind" must be in oneOf' };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    } else {
      const err2 = { instancePath, schemaPath: "#/discriminator", keyword: "discriminator", params: { error: "tag", tag: "kind", tagValue: tag0 }, message: 'tag "kind" must be string' };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
  } else {
    const err3 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err3];
    } else {
      vErrors.push(err3);
    }
    errors++;
  }
  validate12.errors = vErrors;
  return errors === 0;
}
function validate10(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.lifecycle === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "lifecycle" }, message: "must have required property 'lifecycle'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.pipeline === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "pipeline" }, message: "must have required property 'pipeline'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.stages === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stages" }, message: "must have required property 'stages'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "lifecycle" || key0 === "pipeline" || key0 === "description" || key0 === "seed" || key0 === "parameters" || key0 === "environments" || key0 === "stages")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.lifecycle !== void 0) {
      if (1 !== data.lifecycle) {
        const err4 = { instancePath: instancePath + "/lifecycle", schemaPath: "#/properties/lifecycle/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.pipeline !== void 0) {
      let data1 = data.pipeline;
      if (typeof data1 === "string") {
        if (func2(data1) > 64) {
          const err5 = { instancePath: instancePath + "/pipeline", schemaPath: "#/properties/pipeline/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (!pattern0.test(data1)) {
          const err6 = { instancePath: instancePath + "/pipeline", schemaPath: "#/properties/pipeline/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z][A-Za-z0-9_-]*$" }, message: 'must match pattern "^[A-Za-z][A-Za-z0-9_-]*$"' };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      } else {
        const err7 = { instancePath: instancePath + "/pipeline", schemaPath: "#/properties/pipeline/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.description !== void 0) {
      if (typeof data.description !== "string") {
        const err8 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.seed !== void 0) {
      let data3 = data.seed;
      if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
        const err9 = { instancePath: instancePath + "/seed", schemaPath: "#/properties/seed/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 > 4294967295 || isNaN(data3)) {
          const err10 = { instancePath: instancePath + "/seed", schemaPath: "#/properties/seed/maximum", keyword: "maximum", params: { comparison: "<=", limit: 4294967295 }, message: "must be <= 4294967295" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        if (data3 < 0 || isNaN(data3)) {
          const err11 = { instancePath: instancePath + "/seed", schemaPath: "#/properties/seed/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
      }
    }
    if (data.parameters !== void 0) {
      let data4 = data.parameters;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        for (const key1 in data4) {
          const _errs11 = errors;
          if (typeof key1 === "string") {
            if (!pattern1.test(key1)) {
              const err12 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z_][A-Za-z0-9_-]*$" }, message: 'must match pattern "^[A-Za-z_][A-Za-z0-9_-]*$"', propertyName: key1 };
              if (vErrors === null) {
                vErrors = [err12];
              } else {
                vErrors.push(err12);
              }
              errors++;
            }
          }
          var valid1 = _errs11 === errors;
          if (!valid1) {
            const err13 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/propertyNames", keyword: "propertyNames", params: { propertyName: key1 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
        for (const key2 in data4) {
          let data5 = data4[key2];
          if (typeof data5 !== "string" && !(typeof data5 == "number" && isFinite(data5)) && typeof data5 !== "boolean" && data5 !== null) {
            const err14 = { instancePath: instancePath + "/parameters/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.environments !== void 0) {
      let data6 = data.environments;
      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
        for (const key3 in data6) {
          let data7 = data6[key3];
          if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
            for (const key4 in data7) {
              if (!(key4 === "parameters" || key4 === "targets")) {
                const err16 = { instancePath: instancePath + "/environments/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/environments/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err16];
                } else {
                  vErrors.push(err16);
                }
                errors++;
              }
            }
            if (data7.parameters !== void 0) {
              let data8 = data7.parameters;
              if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
                for (const key5 in data8) {
                  let data9 = data8[key5];
                  if (typeof data9 !== "string" && !(typeof data9 == "number" && isFinite(data9)) && typeof data9 !== "boolean" && data9 !== null) {
                    const err17 = { instancePath: instancePath + "/environments/" + key3.replace(/~/g, "~0").replace(/\//g, "~1") + "/parameters/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
                    if (vErrors === null) {
                      vErrors = [err17];
                    } else {
                      vErrors.push(err17);
                    }
                    errors++;
                  }
                }
              } else {
                const err18 = { instancePath: instancePath + "/environments/" + key3.replace(/~/g, "~0").replace(/\//g, "~1") + "/parameters", schemaPath: "#/properties/environments/additionalProperties/properties/parameters/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            }
            if (data7.targets !== void 0) {
              let data10 = data7.targets;
              if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
                for (const key6 in data10) {
                  if (typeof data10[key6] !== "string") {
                    const err19 = { instancePath: instancePath + "/environments/" + key3.replace(/~/g, "~0").replace(/\//g, "~1") + "/targets/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/environments/additionalProperties/properties/targets/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err19];
                    } else {
                      vErrors.push(err19);
                    }
                    errors++;
                  }
                }
              } else {
                const err20 = { instancePath: instancePath + "/environments/" + key3.replace(/~/g, "~0").replace(/\//g, "~1") + "/targets", schemaPath: "#/properties/environments/additionalProperties/properties/targets/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
            }
          } else {
            const err21 = { instancePath: instancePath + "/environments/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/environments/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
      } else {
        const err22 = { instancePath: instancePath + "/environments", schemaPath: "#/properties/environments/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
    if (data.stages !== void 0) {
      let data12 = data.stages;
      if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
        for (const key7 in data12) {
          const _errs35 = errors;
          if (typeof key7 === "string") {
            if (!pattern0.test(key7)) {
              const err23 = { instancePath: instancePath + "/stages", schemaPath: "#/properties/stages/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z][A-Za-z0-9_-]*$" }, message: 'must match pattern "^[A-Za-z][A-Za-z0-9_-]*$"', propertyName: key7 };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
          }
          var valid9 = _errs35 === errors;
          if (!valid9) {
            const err24 = { instancePath: instancePath + "/stages", schemaPath: "#/properties/stages/propertyNames", keyword: "propertyNames", params: { propertyName: key7 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        for (const key8 in data12) {
          if (!validate12(data12[key8], { instancePath: instancePath + "/stages/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data12, parentDataProperty: key8, rootData })) {
            vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err25 = { instancePath: instancePath + "/stages", schemaPath: "#/properties/stages/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
    }
  } else {
    const err26 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err26];
    } else {
      vErrors.push(err26);
    }
    errors++;
  }
  validate10.errors = vErrors;
  return errors === 0;
}
exports.validateData = validate13;
exports.validateTrain = validate24;
exports.validateEvaluate = validate41;
exports.validateOptimize = validate42;
exports.validatePackage = validate43;
exports.validateDeploy = validate44;
exports.validateMonitor = validate45;
exports.validateTargets = validate54;
var schema81 = { "type": "object", "additionalProperties": false, "required": ["kind"], "description": "A detached model server on this machine.", "properties": { "kind": { "const": "local", "description": "A model server on this machine." }, "host": { "type": "string", "default": "127.0.0.1", "description": "Address to listen on." }, "port": { "type": "integer", "minimum": 0, "maximum": 65535, "default": 0, "description": "Port to listen on; 0 takes a free one, kept over re-deployments." }, "log": { "type": "string", "enum": ["full", "sample", "off"], "default": "full", "description": "Whether requests are logged for monitoring: all, one in ten, or none." }, "redact": { "type": "array", "items": { "type": "string", "x-column": "any" }, "description": "Input columns whose values are left out of the request log." }, "api-key": { "$ref": "common#/$defs/Secret" }, "max-body": { "type": "integer", "minimum": 1024, "default": 16777216, "description": "Largest request body in bytes." }, "threads": { "type": "integer", "minimum": 1, "maximum": 1024, "description": "Threads of the runtime. Without it half the cores." } } };
var pattern6 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
function validate56(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "host" || key0 === "port" || key0 === "log" || key0 === "redact" || key0 === "api-key" || key0 === "max-body" || key0 === "threads")) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("local" !== data.kind) {
        const err2 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "local" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.host !== void 0) {
      if (typeof data.host !== "string") {
        const err3 = { instancePath: instancePath + "/host", schemaPath: "#/properties/host/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.port !== void 0) {
      let data2 = data.port;
      if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
        const err4 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 > 65535 || isNaN(data2)) {
          const err5 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (data2 < 0 || isNaN(data2)) {
          const err6 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      }
    }
    if (data.log !== void 0) {
      let data3 = data.log;
      if (typeof data3 !== "string") {
        const err7 = { instancePath: instancePath + "/log", schemaPath: "#/properties/log/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
      if (!(data3 === "full" || data3 === "sample" || data3 === "off")) {
        const err8 = { instancePath: instancePath + "/log", schemaPath: "#/properties/log/enum", keyword: "enum", params: { allowedValues: schema81.properties.log.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.redact !== void 0) {
      let data4 = data.redact;
      if (Array.isArray(data4)) {
        const len0 = data4.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (typeof data4[i0] !== "string") {
            const err9 = { instancePath: instancePath + "/redact/" + i0, schemaPath: "#/properties/redact/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/redact", schemaPath: "#/properties/redact/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data["api-key"] !== void 0) {
      let data6 = data["api-key"];
      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
        if (data6.secret === void 0) {
          const err11 = { instancePath: instancePath + "/api-key", schemaPath: "common#/$defs/Secret/required", keyword: "required", params: { missingProperty: "secret" }, message: "must have required property 'secret'" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        for (const key1 in data6) {
          if (!(key1 === "secret")) {
            const err12 = { instancePath: instancePath + "/api-key", schemaPath: "common#/$defs/Secret/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
        if (data6.secret !== void 0) {
          let data7 = data6.secret;
          if (typeof data7 === "string") {
            if (!pattern6.test(data7)) {
              const err13 = { instancePath: instancePath + "/api-key/secret", schemaPath: "common#/$defs/Secret/properties/secret/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }, message: 'must match pattern "^[A-Za-z_][A-Za-z0-9_]*$"' };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
          } else {
            const err14 = { instancePath: instancePath + "/api-key/secret", schemaPath: "common#/$defs/Secret/properties/secret/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/api-key", schemaPath: "common#/$defs/Secret/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data["max-body"] !== void 0) {
      let data8 = data["max-body"];
      if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
        const err16 = { instancePath: instancePath + "/max-body", schemaPath: "#/properties/max-body/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
      if (typeof data8 == "number" && isFinite(data8)) {
        if (data8 < 1024 || isNaN(data8)) {
          const err17 = { instancePath: instancePath + "/max-body", schemaPath: "#/properties/max-body/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1024 }, message: "must be >= 1024" };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
      }
    }
    if (data.threads !== void 0) {
      let data9 = data.threads;
      if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
        const err18 = { instancePath: instancePath + "/threads", schemaPath: "#/properties/threads/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
      if (typeof data9 == "number" && isFinite(data9)) {
        if (data9 > 1024 || isNaN(data9)) {
          const err19 = { instancePath: instancePath + "/threads", schemaPath: "#/properties/threads/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1024 }, message: "must be <= 1024" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
        if (data9 < 1 || isNaN(data9)) {
          const err20 = { instancePath: instancePath + "/threads", schemaPath: "#/properties/threads/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
      }
    }
  } else {
    const err21 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err21];
    } else {
      vErrors.push(err21);
    }
    errors++;
  }
  validate56.errors = vErrors;
  return errors === 0;
}
function validate55(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    const tag0 = data.kind;
    if (typeof tag0 == "string") {
      if (tag0 === "local") {
        if (!validate56(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate56.errors : vErrors.concat(validate56.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "batch") {
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data.kind === void 0) {
            const err1 = { instancePath, schemaPath: "#/$defs/BatchTarget/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
          }
          if (data.input === void 0) {
            const err2 = { instancePath, schemaPath: "#/$defs/BatchTarget/required", keyword: "required", params: { missingProperty: "input" }, message: "must have required property 'input'" };
            if (vErrors === null) {
              vErrors = [err2];
            } else {
              vErrors.push(err2);
            }
            errors++;
          }
          if (data.output === void 0) {
            const err3 = { instancePath, schemaPath: "#/$defs/BatchTarget/required", keyword: "required", params: { missingProperty: "output" }, message: "must have required property 'output'" };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
          for (const key0 in data) {
            if (!(key0 === "kind" || key0 === "input" || key0 === "output" || key0 === "keep")) {
              const err4 = { instancePath, schemaPath: "#/$defs/BatchTarget/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err4];
              } else {
                vErrors.push(err4);
              }
              errors++;
            }
          }
          if (data.kind !== void 0) {
            if ("batch" !== data.kind) {
              const err5 = { instancePath: instancePath + "/kind", schemaPath: "#/$defs/BatchTarget/properties/kind/const", keyword: "const", params: { allowedValue: "batch" }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err5];
              } else {
                vErrors.push(err5);
              }
              errors++;
            }
          }
          if (data.input !== void 0) {
            let data1 = data.input;
            if (typeof data1 === "string") {
              if (func2(data1) < 1) {
                const err6 = { instancePath: instancePath + "/input", schemaPath: "#/$defs/BatchTarget/properties/input/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                if (vErrors === null) {
                  vErrors = [err6];
                } else {
                  vErrors.push(err6);
                }
                errors++;
              }
            } else {
              const err7 = { instancePath: instancePath + "/input", schemaPath: "#/$defs/BatchTarget/properties/input/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
          }
          if (data.output !== void 0) {
            let data2 = data.output;
            if (typeof data2 === "string") {
              if (func2(data2) < 1) {
                const err8 = { instancePath: instancePath + "/output", schemaPath: "#/$defs/BatchTarget/properties/output/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
              }
            } else {
              const err9 = { instancePath: instancePath + "/output", schemaPath: "#/$defs/BatchTarget/properties/output/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err9];
              } else {
                vErrors.push(err9);
              }
              errors++;
            }
          }
          if (data.keep !== void 0) {
            let data3 = data.keep;
            if (Array.isArray(data3)) {
              const len0 = data3.length;
              for (let i0 = 0; i0 < len0; i0++) {
                if (typeof data3[i0] !== "string") {
                  const err10 = { instancePath: instancePath + "/keep/" + i0, schemaPath: "#/$defs/BatchTarget/properties/keep/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                  if (vErrors === null) {
                    vErrors = [err10];
                  } else {
                    vErrors.push(err10);
                  }
                  errors++;
                }
              }
            } else {
              const err11 = { instancePath: instancePath + "/keep", schemaPath: "#/$defs/BatchTarget/properties/keep/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err11];
              } else {
                vErrors.push(err11);
              }
              errors++;
            }
          }
        } else {
          const err12 = { instancePath, schemaPath: "#/$defs/BatchTarget/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
      } else {
        const err13 = { instancePath, schemaPath: "#/discriminator", keyword: "discriminator", params: { error: "mapping", tag: "kind", tagValue: tag0 }, message: 'value of tag "kind" must be in oneOf' };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    } else {
      const err14 = { instancePath, schemaPath: "#/discriminator", keyword: "discriminator", params: { error: "tag", tag: "kind", tagValue: tag0 }, message: 'tag "kind" must be string' };
      if (vErrors === null) {
        vErrors = [err14];
      } else {
        vErrors.push(err14);
      }
      errors++;
    }
  } else {
    const err15 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err15];
    } else {
      vErrors.push(err15);
    }
    errors++;
  }
  validate55.errors = vErrors;
  return errors === 0;
}
function validate54(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.lifecycle === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "lifecycle" }, message: "must have required property 'lifecycle'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.targets === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "targets" }, message: "must have required property 'targets'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "lifecycle" || key0 === "targets")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.lifecycle !== void 0) {
      if (1 !== data.lifecycle) {
        const err3 = { instancePath: instancePath + "/lifecycle", schemaPath: "#/properties/lifecycle/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.targets !== void 0) {
      let data1 = data.targets;
      if (data1 && typeof data1 == "object" && !Array.isArray(data1)) {
        for (const key1 in data1) {
          const _errs5 = errors;
          if (typeof key1 === "string") {
            if (!pattern0.test(key1)) {
              const err4 = { instancePath: instancePath + "/targets", schemaPath: "#/properties/targets/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z][A-Za-z0-9_-]*$" }, message: 'must match pattern "^[A-Za-z][A-Za-z0-9_-]*$"', propertyName: key1 };
              if (vErrors === null) {
                vErrors = [err4];
              } else {
                vErrors.push(err4);
              }
              errors++;
            }
          }
          var valid1 = _errs5 === errors;
          if (!valid1) {
            const err5 = { instancePath: instancePath + "/targets", schemaPath: "#/properties/targets/propertyNames", keyword: "propertyNames", params: { propertyName: key1 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        for (const key2 in data1) {
          if (!validate55(data1[key2], { instancePath: instancePath + "/targets/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data1, parentDataProperty: key2, rootData })) {
            vErrors = vErrors === null ? validate55.errors : vErrors.concat(validate55.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/targets", schemaPath: "#/properties/targets/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
  } else {
    const err7 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err7];
    } else {
      vErrors.push(err7);
    }
    errors++;
  }
  validate54.errors = vErrors;
  return errors === 0;
}
exports.validateProject = validate59;
function validate59(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.lifecycle === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "lifecycle" }, message: "must have required property 'lifecycle'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "lifecycle" || key0 === "store" || key0 === "cores" || key0 === "keep-runs")) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.lifecycle !== void 0) {
      if (1 !== data.lifecycle) {
        const err2 = { instancePath: instancePath + "/lifecycle", schemaPath: "#/properties/lifecycle/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.store !== void 0) {
      let data1 = data.store;
      if (typeof data1 === "string") {
        if (func2(data1) < 1) {
          const err3 = { instancePath: instancePath + "/store", schemaPath: "#/properties/store/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/store", schemaPath: "#/properties/store/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.cores !== void 0) {
      let data2 = data.cores;
      if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
        const err5 = { instancePath: instancePath + "/cores", schemaPath: "#/properties/cores/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 > 4096 || isNaN(data2)) {
          const err6 = { instancePath: instancePath + "/cores", schemaPath: "#/properties/cores/maximum", keyword: "maximum", params: { comparison: "<=", limit: 4096 }, message: "must be <= 4096" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (data2 < 1 || isNaN(data2)) {
          const err7 = { instancePath: instancePath + "/cores", schemaPath: "#/properties/cores/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
      }
    }
    if (data["keep-runs"] !== void 0) {
      let data3 = data["keep-runs"];
      if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
        const err8 = { instancePath: instancePath + "/keep-runs", schemaPath: "#/properties/keep-runs/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 < 1 || isNaN(data3)) {
          const err9 = { instancePath: instancePath + "/keep-runs", schemaPath: "#/properties/keep-runs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      }
    }
  } else {
    const err10 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err10];
    } else {
      vErrors.push(err10);
    }
    errors++;
  }
  validate59.errors = vErrors;
  return errors === 0;
}
exports.validateEvent = validate60;
var schema99 = { "type": "object", "additionalProperties": false, "required": ["time", "type", "stage", "name", "step", "value"], "description": "One point of a series.", "properties": { "time": { "type": "string", "description": "Time." }, "type": { "const": "metric", "description": "One point of a series." }, "stage": { "type": "string", "description": "Name of the stage." }, "name": { "type": "string", "description": "Name of the series, for example `loss` or `validation/loss`." }, "step": { "type": "number", "description": "Step of the series (optimisation step or round)." }, "epoch": { "type": "number", "description": "Epoch." }, "value": { "description": "The value; `NaN`, `Infinity` and `-Infinity` as text.", "anyOf": [{ "type": "number", "description": "A number." }, { "type": "string", "enum": ["NaN", "Infinity", "-Infinity"], "description": "Not a finite number." }] } } };
var schema100 = { "type": "object", "additionalProperties": false, "required": ["time", "type", "level", "message"], "description": "A message to the user.", "properties": { "time": { "type": "string", "description": "Time." }, "type": { "const": "log", "description": "A message." }, "stage": { "type": "string", "description": "Name of the stage." }, "level": { "type": "string", "enum": ["debug", "info", "warning", "error", "output"], "description": "Level; `output` is a line that a program printed." }, "message": { "type": "string", "description": "The message." }, "code": { "type": "string", "description": "Stable code of the problem." }, "hint": { "type": "string", "description": "The way out." }, "file": { "type": "string", "description": "File it is about, relative to the project root." }, "line": { "type": "integer", "minimum": 1, "description": "Line in the file, from 1." }, "path": { "type": "array", "items": { "type": ["string", "number"] }, "description": "Place in the stage, for example [model, layers, 2]." } } };
var schema102 = { "type": "object", "additionalProperties": false, "required": ["time", "type", "status", "seconds"], "description": "The run ends.", "properties": { "time": { "type": "string", "description": "Time." }, "type": { "const": "run-finished", "description": "The run ends." }, "status": { "type": "string", "enum": ["succeeded", "failed", "cancelled"], "description": "How it ended." }, "seconds": { "type": "number", "minimum": 0, "description": "Wall-clock seconds." } } };
var pattern7 = new RegExp("^[0-9a-f]{64}$", "u");
function validate61(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.time === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.stage === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.fingerprint === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "fingerprint" }, message: "must have required property 'fingerprint'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.reason === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "reason" }, message: "must have required property 'reason'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "time" || key0 === "type" || key0 === "stage" || key0 === "fingerprint" || key0 === "reason")) {
        const err5 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.time !== void 0) {
      if (typeof data.time !== "string") {
        const err6 = { instancePath: instancePath + "/time", schemaPath: "#/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      if ("stage-started" !== data.type) {
        const err7 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "stage-started" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.stage !== void 0) {
      if (typeof data.stage !== "string") {
        const err8 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.fingerprint !== void 0) {
      let data3 = data.fingerprint;
      if (typeof data3 === "string") {
        if (!pattern7.test(data3)) {
          const err9 = { instancePath: instancePath + "/fingerprint", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      } else {
        const err10 = { instancePath: instancePath + "/fingerprint", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.reason !== void 0) {
      if (typeof data.reason !== "string") {
        const err11 = { instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
  } else {
    const err12 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err12];
    } else {
      vErrors.push(err12);
    }
    errors++;
  }
  validate61.errors = vErrors;
  return errors === 0;
}
var schema88 = { "type": "object", "additionalProperties": false, "required": ["time", "type", "stage", "trial", "state", "values"], "description": "News of one trial of a search.", "properties": { "time": { "type": "string", "description": "Time." }, "type": { "const": "trial", "description": "News of a trial." }, "stage": { "type": "string", "description": "Name of the stage that searches." }, "trial": { "type": "integer", "minimum": 1, "description": "Number of the trial, from 1." }, "state": { "type": "string", "enum": ["running", "finished", "stopped", "failed"], "description": "How far it is; `stopped` by the pruning rule." }, "values": { "type": "object", "additionalProperties": { "$ref": "common#/$defs/Scalar" }, "description": "Its settings by place in the stage." }, "metric": { "type": "string", "description": "Metric that it is judged by." }, "score": { "type": "number", "description": "Value of the metric, at its end or where it was stopped." }, "steps": { "type": "integer", "minimum": 0, "description": "Epochs, rounds or folds that it trained." }, "best": { "type": "boolean", "description": "Whether it is the best so far." }, "run": { "type": "string", "description": "Id of its own run." }, "message": { "type": "string", "description": "Why it failed." } } };
function validate62(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.time === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.stage === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.trial === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "trial" }, message: "must have required property 'trial'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.state === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "state" }, message: "must have required property 'state'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.values === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "values" }, message: "must have required property 'values'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema88.properties, key0)) {
        const err6 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.time !== void 0) {
      if (typeof data.time !== "string") {
        const err7 = { instancePath: instancePath + "/time", schemaPath: "#/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      if ("trial" !== data.type) {
        const err8 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "trial" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.stage !== void 0) {
      if (typeof data.stage !== "string") {
        const err9 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.trial !== void 0) {
      let data3 = data.trial;
      if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
        const err10 = { instancePath: instancePath + "/trial", schemaPath: "#/properties/trial/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 < 1 || isNaN(data3)) {
          const err11 = { instancePath: instancePath + "/trial", schemaPath: "#/properties/trial/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
      }
    }
    if (data.state !== void 0) {
      let data4 = data.state;
      if (typeof data4 !== "string") {
        const err12 = { instancePath: instancePath + "/state", schemaPath: "#/properties/state/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
      if (!(data4 === "running" || data4 === "finished" || data4 === "stopped" || data4 === "failed")) {
        const err13 = { instancePath: instancePath + "/state", schemaPath: "#/properties/state/enum", keyword: "enum", params: { allowedValues: schema88.properties.state.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.values !== void 0) {
      let data5 = data.values;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        for (const key1 in data5) {
          let data6 = data5[key1];
          if (typeof data6 !== "string" && !(typeof data6 == "number" && isFinite(data6)) && typeof data6 !== "boolean" && data6 !== null) {
            const err14 = { instancePath: instancePath + "/values/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/values", schemaPath: "#/properties/values/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.metric !== void 0) {
      if (typeof data.metric !== "string") {
        const err16 = { instancePath: instancePath + "/metric", schemaPath: "#/properties/metric/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.score !== void 0) {
      let data8 = data.score;
      if (!(typeof data8 == "number" && isFinite(data8))) {
        const err17 = { instancePath: instancePath + "/score", schemaPath: "#/properties/score/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.steps !== void 0) {
      let data9 = data.steps;
      if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
        const err18 = { instancePath: instancePath + "/steps", schemaPath: "#/properties/steps/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
      if (typeof data9 == "number" && isFinite(data9)) {
        if (data9 < 0 || isNaN(data9)) {
          const err19 = { instancePath: instancePath + "/steps", schemaPath: "#/properties/steps/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
      }
    }
    if (data.best !== void 0) {
      if (typeof data.best !== "boolean") {
        const err20 = { instancePath: instancePath + "/best", schemaPath: "#/properties/best/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err20];
        } else {
          vErrors.push(err20);
        }
        errors++;
      }
    }
    if (data.run !== void 0) {
      if (typeof data.run !== "string") {
        const err21 = { instancePath: instancePath + "/run", schemaPath: "#/properties/run/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.message !== void 0) {
      if (typeof data.message !== "string") {
        const err22 = { instancePath: instancePath + "/message", schemaPath: "#/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
  } else {
    const err23 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err23];
    } else {
      vErrors.push(err23);
    }
    errors++;
  }
  validate62.errors = vErrors;
  return errors === 0;
}
function validate63(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.time === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.stage === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.fingerprint === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "fingerprint" }, message: "must have required property 'fingerprint'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.from === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "from" }, message: "must have required property 'from'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "time" || key0 === "type" || key0 === "stage" || key0 === "fingerprint" || key0 === "from" || key0 === "metrics" || key0 === "summary")) {
        const err5 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.time !== void 0) {
      if (typeof data.time !== "string") {
        const err6 = { instancePath: instancePath + "/time", schemaPath: "#/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      if ("stage-reused" !== data.type) {
        const err7 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "stage-reused" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.stage !== void 0) {
      if (typeof data.stage !== "string") {
        const err8 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.fingerprint !== void 0) {
      let data3 = data.fingerprint;
      if (typeof data3 === "string") {
        if (!pattern7.test(data3)) {
          const err9 = { instancePath: instancePath + "/fingerprint", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      } else {
        const err10 = { instancePath: instancePath + "/fingerprint", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.from !== void 0) {
      if (typeof data.from !== "string") {
        const err11 = { instancePath: instancePath + "/from", schemaPath: "#/properties/from/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.metrics !== void 0) {
      let data5 = data.metrics;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        for (const key1 in data5) {
          let data6 = data5[key1];
          if (!(typeof data6 == "number" && isFinite(data6))) {
            const err12 = { instancePath: instancePath + "/metrics/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/HeadlineMetrics/additionalProperties/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
      } else {
        const err13 = { instancePath: instancePath + "/metrics", schemaPath: "#/$defs/HeadlineMetrics/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.summary !== void 0) {
      if (typeof data.summary !== "string") {
        const err14 = { instancePath: instancePath + "/summary", schemaPath: "#/properties/summary/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
  } else {
    const err15 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err15];
    } else {
      vErrors.push(err15);
    }
    errors++;
  }
  validate63.errors = vErrors;
  return errors === 0;
}
function validate64(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.time === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.stage === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.seconds === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "seconds" }, message: "must have required property 'seconds'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "time" || key0 === "type" || key0 === "stage" || key0 === "seconds" || key0 === "metrics" || key0 === "summary")) {
        const err4 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.time !== void 0) {
      if (typeof data.time !== "string") {
        const err5 = { instancePath: instancePath + "/time", schemaPath: "#/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      if ("stage-finished" !== data.type) {
        const err6 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "stage-finished" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.stage !== void 0) {
      if (typeof data.stage !== "string") {
        const err7 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.seconds !== void 0) {
      let data3 = data.seconds;
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 < 0 || isNaN(data3)) {
          const err8 = { instancePath: instancePath + "/seconds", schemaPath: "#/properties/seconds/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = { instancePath: instancePath + "/seconds", schemaPath: "#/properties/seconds/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.metrics !== void 0) {
      let data4 = data.metrics;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        for (const key1 in data4) {
          let data5 = data4[key1];
          if (!(typeof data5 == "number" && isFinite(data5))) {
            const err10 = { instancePath: instancePath + "/metrics/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/HeadlineMetrics/additionalProperties/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/metrics", schemaPath: "#/$defs/HeadlineMetrics/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.summary !== void 0) {
      if (typeof data.summary !== "string") {
        const err12 = { instancePath: instancePath + "/summary", schemaPath: "#/properties/summary/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
  } else {
    const err13 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err13];
    } else {
      vErrors.push(err13);
    }
    errors++;
  }
  validate64.errors = vErrors;
  return errors === 0;
}
var schema96 = { "type": "object", "additionalProperties": false, "required": ["code", "message"], "description": "A problem, in plain language.", "properties": { "code": { "type": "string", "description": "Stable code." }, "message": { "type": "string", "description": "What is wrong." }, "hint": { "type": "string", "description": "The way out." }, "file": { "type": "string", "description": "File it is about, relative to the project root." }, "line": { "type": "integer", "minimum": 1, "description": "Line from 1." }, "path": { "type": "array", "items": { "type": ["string", "number"] }, "description": "Place in the stage." }, "details": { "type": "array", "items": { "type": "string" }, "description": "Further lines, for example the offending rows." } } };
function validate65(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.time === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.stage === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.error === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "error" }, message: "must have required property 'error'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "time" || key0 === "type" || key0 === "stage" || key0 === "seconds" || key0 === "error")) {
        const err4 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.time !== void 0) {
      if (typeof data.time !== "string") {
        const err5 = { instancePath: instancePath + "/time", schemaPath: "#/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      if ("stage-failed" !== data.type) {
        const err6 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "stage-failed" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.stage !== void 0) {
      if (typeof data.stage !== "string") {
        const err7 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.seconds !== void 0) {
      let data3 = data.seconds;
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 < 0 || isNaN(data3)) {
          const err8 = { instancePath: instancePath + "/seconds", schemaPath: "#/properties/seconds/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = { instancePath: instancePath + "/seconds", schemaPath: "#/properties/seconds/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.error !== void 0) {
      let data4 = data.error;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        if (data4.code === void 0) {
          const err10 = { instancePath: instancePath + "/error", schemaPath: "#/$defs/Problem/required", keyword: "required", params: { missingProperty: "code" }, message: "must have required property 'code'" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        if (data4.message === void 0) {
          const err11 = { instancePath: instancePath + "/error", schemaPath: "#/$defs/Problem/required", keyword: "required", params: { missingProperty: "message" }, message: "must have required property 'message'" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        for (const key1 in data4) {
          if (!(key1 === "code" || key1 === "message" || key1 === "hint" || key1 === "file" || key1 === "line" || key1 === "path" || key1 === "details")) {
            const err12 = { instancePath: instancePath + "/error", schemaPath: "#/$defs/Problem/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
        if (data4.code !== void 0) {
          if (typeof data4.code !== "string") {
            const err13 = { instancePath: instancePath + "/error/code", schemaPath: "#/$defs/Problem/properties/code/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
        if (data4.message !== void 0) {
          if (typeof data4.message !== "string") {
            const err14 = { instancePath: instancePath + "/error/message", schemaPath: "#/$defs/Problem/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        if (data4.hint !== void 0) {
          if (typeof data4.hint !== "string") {
            const err15 = { instancePath: instancePath + "/error/hint", schemaPath: "#/$defs/Problem/properties/hint/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data4.file !== void 0) {
          if (typeof data4.file !== "string") {
            const err16 = { instancePath: instancePath + "/error/file", schemaPath: "#/$defs/Problem/properties/file/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
        if (data4.line !== void 0) {
          let data9 = data4.line;
          if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
            const err17 = { instancePath: instancePath + "/error/line", schemaPath: "#/$defs/Problem/properties/line/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
          if (typeof data9 == "number" && isFinite(data9)) {
            if (data9 < 1 || isNaN(data9)) {
              const err18 = { instancePath: instancePath + "/error/line", schemaPath: "#/$defs/Problem/properties/line/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err18];
              } else {
                vErrors.push(err18);
              }
              errors++;
            }
          }
        }
        if (data4.path !== void 0) {
          let data10 = data4.path;
          if (Array.isArray(data10)) {
            const len0 = data10.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data11 = data10[i0];
              if (typeof data11 !== "string" && !(typeof data11 == "number" && isFinite(data11))) {
                const err19 = { instancePath: instancePath + "/error/path/" + i0, schemaPath: "#/$defs/Problem/properties/path/items/type", keyword: "type", params: { type: schema96.properties.path.items.type }, message: "must be string,number" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
            }
          } else {
            const err20 = { instancePath: instancePath + "/error/path", schemaPath: "#/$defs/Problem/properties/path/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
        }
        if (data4.details !== void 0) {
          let data12 = data4.details;
          if (Array.isArray(data12)) {
            const len1 = data12.length;
            for (let i1 = 0; i1 < len1; i1++) {
              if (typeof data12[i1] !== "string") {
                const err21 = { instancePath: instancePath + "/error/details/" + i1, schemaPath: "#/$defs/Problem/properties/details/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
            }
          } else {
            const err22 = { instancePath: instancePath + "/error/details", schemaPath: "#/$defs/Problem/properties/details/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
        }
      } else {
        const err23 = { instancePath: instancePath + "/error", schemaPath: "#/$defs/Problem/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err23];
        } else {
          vErrors.push(err23);
        }
        errors++;
      }
    }
  } else {
    const err24 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err24];
    } else {
      vErrors.push(err24);
    }
    errors++;
  }
  validate65.errors = vErrors;
  return errors === 0;
}
function validate60(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.type === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    const tag0 = data.type;
    if (typeof tag0 == "string") {
      if (tag0 === "run-started") {
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data.format === void 0) {
            const err1 = { instancePath, schemaPath: "#/$defs/RunStarted/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
          }
          if (data.time === void 0) {
            const err2 = { instancePath, schemaPath: "#/$defs/RunStarted/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
            if (vErrors === null) {
              vErrors = [err2];
            } else {
              vErrors.push(err2);
            }
            errors++;
          }
          if (data.type === void 0) {
            const err3 = { instancePath, schemaPath: "#/$defs/RunStarted/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
          if (data.run === void 0) {
            const err4 = { instancePath, schemaPath: "#/$defs/RunStarted/required", keyword: "required", params: { missingProperty: "run" }, message: "must have required property 'run'" };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
          if (data.pipeline === void 0) {
            const err5 = { instancePath, schemaPath: "#/$defs/RunStarted/required", keyword: "required", params: { missingProperty: "pipeline" }, message: "must have required property 'pipeline'" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
          if (data.stages === void 0) {
            const err6 = { instancePath, schemaPath: "#/$defs/RunStarted/required", keyword: "required", params: { missingProperty: "stages" }, message: "must have required property 'stages'" };
            if (vErrors === null) {
              vErrors = [err6];
            } else {
              vErrors.push(err6);
            }
            errors++;
          }
          for (const key0 in data) {
            if (!(key0 === "format" || key0 === "time" || key0 === "type" || key0 === "run" || key0 === "pipeline" || key0 === "stages")) {
              const err7 = { instancePath, schemaPath: "#/$defs/RunStarted/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
          }
          if (data.format !== void 0) {
            if (1 !== data.format) {
              const err8 = { instancePath: instancePath + "/format", schemaPath: "#/$defs/RunStarted/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err8];
              } else {
                vErrors.push(err8);
              }
              errors++;
            }
          }
          if (data.time !== void 0) {
            if (typeof data.time !== "string") {
              const err9 = { instancePath: instancePath + "/time", schemaPath: "#/$defs/RunStarted/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err9];
              } else {
                vErrors.push(err9);
              }
              errors++;
            }
          }
          if (data.type !== void 0) {
            if ("run-started" !== data.type) {
              const err10 = { instancePath: instancePath + "/type", schemaPath: "#/$defs/RunStarted/properties/type/const", keyword: "const", params: { allowedValue: "run-started" }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
          }
          if (data.run !== void 0) {
            if (typeof data.run !== "string") {
              const err11 = { instancePath: instancePath + "/run", schemaPath: "#/$defs/RunStarted/properties/run/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err11];
              } else {
                vErrors.push(err11);
              }
              errors++;
            }
          }
          if (data.pipeline !== void 0) {
            if (typeof data.pipeline !== "string") {
              const err12 = { instancePath: instancePath + "/pipeline", schemaPath: "#/$defs/RunStarted/properties/pipeline/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err12];
              } else {
                vErrors.push(err12);
              }
              errors++;
            }
          }
          if (data.stages !== void 0) {
            let data5 = data.stages;
            if (Array.isArray(data5)) {
              const len0 = data5.length;
              for (let i0 = 0; i0 < len0; i0++) {
                let data6 = data5[i0];
                if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
                  if (data6.name === void 0) {
                    const err13 = { instancePath: instancePath + "/stages/" + i0, schemaPath: "#/$defs/RunStarted/properties/stages/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
                    if (vErrors === null) {
                      vErrors = [err13];
                    } else {
                      vErrors.push(err13);
                    }
                    errors++;
                  }
                  if (data6.kind === void 0) {
                    const err14 = { instancePath: instancePath + "/stages/" + i0, schemaPath: "#/$defs/RunStarted/properties/stages/items/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
                    if (vErrors === null) {
                      vErrors = [err14];
                    } else {
                      vErrors.push(err14);
                    }
                    errors++;
                  }
                  if (data6.after === void 0) {
                    const err15 = { instancePath: instancePath + "/stages/" + i0, schemaPath: "#/$defs/RunStarted/properties/stages/items/required", keyword: "required", params: { missingProperty: "after" }, message: "must have required property 'after'" };
                    if (vErrors === null) {
                      vErrors = [err15];
                    } else {
                      vErrors.push(err15);
                    }
                    errors++;
                  }
                  for (const key1 in data6) {
                    if (!(key1 === "name" || key1 === "kind" || key1 === "after")) {
                      const err16 = { instancePath: instancePath + "/stages/" + i0, schemaPath: "#/$defs/RunStarted/properties/stages/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
                      if (vErrors === null) {
                        vErrors = [err16];
                      } else {
                        vErrors.push(err16);
                      }
                      errors++;
                    }
                  }
                  if (data6.name !== void 0) {
                    if (typeof data6.name !== "string") {
                      const err17 = { instancePath: instancePath + "/stages/" + i0 + "/name", schemaPath: "#/$defs/RunStarted/properties/stages/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                      if (vErrors === null) {
                        vErrors = [err17];
                      } else {
                        vErrors.push(err17);
                      }
                      errors++;
                    }
                  }
                  if (data6.kind !== void 0) {
                    if (typeof data6.kind !== "string") {
                      const err18 = { instancePath: instancePath + "/stages/" + i0 + "/kind", schemaPath: "#/$defs/RunStarted/properties/stages/items/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                      if (vErrors === null) {
                        vErrors = [err18];
                      } else {
                        vErrors.push(err18);
                      }
                      errors++;
                    }
                  }
                  if (data6.after !== void 0) {
                    let data9 = data6.after;
                    if (Array.isArray(data9)) {
                      const len1 = data9.length;
                      for (let i1 = 0; i1 < len1; i1++) {
                        if (typeof data9[i1] !== "string") {
                          const err19 = { instancePath: instancePath + "/stages/" + i0 + "/after/" + i1, schemaPath: "#/$defs/RunStarted/properties/stages/items/properties/after/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                          if (vErrors === null) {
                            vErrors = [err19];
                          } else {
                            vErrors.push(err19);
                          }
                          errors++;
                        }
                      }
                    } else {
                      const err20 = { instancePath: instancePath + "/stages/" + i0 + "/after", schemaPath: "#/$defs/RunStarted/properties/stages/items/properties/after/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                      if (vErrors === null) {
                        vErrors = [err20];
                      } else {
                        vErrors.push(err20);
                      }
                      errors++;
                    }
                  }
                } else {
                  const err21 = { instancePath: instancePath + "/stages/" + i0, schemaPath: "#/$defs/RunStarted/properties/stages/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                  if (vErrors === null) {
                    vErrors = [err21];
                  } else {
                    vErrors.push(err21);
                  }
                  errors++;
                }
              }
            } else {
              const err22 = { instancePath: instancePath + "/stages", schemaPath: "#/$defs/RunStarted/properties/stages/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
          }
        } else {
          const err23 = { instancePath, schemaPath: "#/$defs/RunStarted/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err23];
          } else {
            vErrors.push(err23);
          }
          errors++;
        }
      } else if (tag0 === "stage-started") {
        if (!validate61(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "stage-progress") {
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data.time === void 0) {
            const err24 = { instancePath, schemaPath: "#/$defs/StageProgress/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
          if (data.type === void 0) {
            const err25 = { instancePath, schemaPath: "#/$defs/StageProgress/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
          if (data.stage === void 0) {
            const err26 = { instancePath, schemaPath: "#/$defs/StageProgress/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
          for (const key2 in data) {
            if (!(key2 === "time" || key2 === "type" || key2 === "stage" || key2 === "fraction" || key2 === "message")) {
              const err27 = { instancePath, schemaPath: "#/$defs/StageProgress/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err27];
              } else {
                vErrors.push(err27);
              }
              errors++;
            }
          }
          if (data.time !== void 0) {
            if (typeof data.time !== "string") {
              const err28 = { instancePath: instancePath + "/time", schemaPath: "#/$defs/StageProgress/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err28];
              } else {
                vErrors.push(err28);
              }
              errors++;
            }
          }
          if (data.type !== void 0) {
            if ("stage-progress" !== data.type) {
              const err29 = { instancePath: instancePath + "/type", schemaPath: "#/$defs/StageProgress/properties/type/const", keyword: "const", params: { allowedValue: "stage-progress" }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
          }
          if (data.stage !== void 0) {
            if (typeof data.stage !== "string") {
              const err30 = { instancePath: instancePath + "/stage", schemaPath: "#/$defs/StageProgress/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err30];
              } else {
                vErrors.push(err30);
              }
              errors++;
            }
          }
          if (data.fraction !== void 0) {
            let data14 = data.fraction;
            if (typeof data14 == "number" && isFinite(data14)) {
              if (data14 > 1 || isNaN(data14)) {
                const err31 = { instancePath: instancePath + "/fraction", schemaPath: "#/$defs/StageProgress/properties/fraction/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1 }, message: "must be <= 1" };
                if (vErrors === null) {
                  vErrors = [err31];
                } else {
                  vErrors.push(err31);
                }
                errors++;
              }
              if (data14 < 0 || isNaN(data14)) {
                const err32 = { instancePath: instancePath + "/fraction", schemaPath: "#/$defs/StageProgress/properties/fraction/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err32];
                } else {
                  vErrors.push(err32);
                }
                errors++;
              }
            } else {
              const err33 = { instancePath: instancePath + "/fraction", schemaPath: "#/$defs/StageProgress/properties/fraction/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err33];
              } else {
                vErrors.push(err33);
              }
              errors++;
            }
          }
          if (data.message !== void 0) {
            if (typeof data.message !== "string") {
              const err34 = { instancePath: instancePath + "/message", schemaPath: "#/$defs/StageProgress/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err34];
              } else {
                vErrors.push(err34);
              }
              errors++;
            }
          }
        } else {
          const err35 = { instancePath, schemaPath: "#/$defs/StageProgress/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err35];
          } else {
            vErrors.push(err35);
          }
          errors++;
        }
      } else if (tag0 === "metric") {
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data.time === void 0) {
            const err36 = { instancePath, schemaPath: "#/$defs/MetricLogged/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
            if (vErrors === null) {
              vErrors = [err36];
            } else {
              vErrors.push(err36);
            }
            errors++;
          }
          if (data.type === void 0) {
            const err37 = { instancePath, schemaPath: "#/$defs/MetricLogged/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
          if (data.stage === void 0) {
            const err38 = { instancePath, schemaPath: "#/$defs/MetricLogged/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
            if (vErrors === null) {
              vErrors = [err38];
            } else {
              vErrors.push(err38);
            }
            errors++;
          }
          if (data.name === void 0) {
            const err39 = { instancePath, schemaPath: "#/$defs/MetricLogged/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
            if (vErrors === null) {
              vErrors = [err39];
            } else {
              vErrors.push(err39);
            }
            errors++;
          }
          if (data.step === void 0) {
            const err40 = { instancePath, schemaPath: "#/$defs/MetricLogged/required", keyword: "required", params: { missingProperty: "step" }, message: "must have required property 'step'" };
            if (vErrors === null) {
              vErrors = [err40];
            } else {
              vErrors.push(err40);
            }
            errors++;
          }
          if (data.value === void 0) {
            const err41 = { instancePath, schemaPath: "#/$defs/MetricLogged/required", keyword: "required", params: { missingProperty: "value" }, message: "must have required property 'value'" };
            if (vErrors === null) {
              vErrors = [err41];
            } else {
              vErrors.push(err41);
            }
            errors++;
          }
          for (const key3 in data) {
            if (!(key3 === "time" || key3 === "type" || key3 === "stage" || key3 === "name" || key3 === "step" || key3 === "epoch" || key3 === "value")) {
              const err42 = { instancePath, schemaPath: "#/$defs/MetricLogged/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err42];
              } else {
                vErrors.push(err42);
              }
              errors++;
            }
          }
          if (data.time !== void 0) {
            if (typeof data.time !== "string") {
              const err43 = { instancePath: instancePath + "/time", schemaPath: "#/$defs/MetricLogged/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err43];
              } else {
                vErrors.push(err43);
              }
              errors++;
            }
          }
          if (data.type !== void 0) {
            if ("metric" !== data.type) {
              const err44 = { instancePath: instancePath + "/type", schemaPath: "#/$defs/MetricLogged/properties/type/const", keyword: "const", params: { allowedValue: "metric" }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err44];
              } else {
                vErrors.push(err44);
              }
              errors++;
            }
          }
          if (data.stage !== void 0) {
            if (typeof data.stage !== "string") {
              const err45 = { instancePath: instancePath + "/stage", schemaPath: "#/$defs/MetricLogged/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err45];
              } else {
                vErrors.push(err45);
              }
              errors++;
            }
          }
          if (data.name !== void 0) {
            if (typeof data.name !== "string") {
              const err46 = { instancePath: instancePath + "/name", schemaPath: "#/$defs/MetricLogged/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err46];
              } else {
                vErrors.push(err46);
              }
              errors++;
            }
          }
          if (data.step !== void 0) {
            let data20 = data.step;
            if (!(typeof data20 == "number" && isFinite(data20))) {
              const err47 = { instancePath: instancePath + "/step", schemaPath: "#/$defs/MetricLogged/properties/step/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err47];
              } else {
                vErrors.push(err47);
              }
              errors++;
            }
          }
          if (data.epoch !== void 0) {
            let data21 = data.epoch;
            if (!(typeof data21 == "number" && isFinite(data21))) {
              const err48 = { instancePath: instancePath + "/epoch", schemaPath: "#/$defs/MetricLogged/properties/epoch/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err48];
              } else {
                vErrors.push(err48);
              }
              errors++;
            }
          }
          if (data.value !== void 0) {
            let data22 = data.value;
            const _errs57 = errors;
            let valid16 = false;
            const _errs58 = errors;
            if (!(typeof data22 == "number" && isFinite(data22))) {
              const err49 = { instancePath: instancePath + "/value", schemaPath: "#/$defs/MetricLogged/properties/value/anyOf/0/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err49];
              } else {
                vErrors.push(err49);
              }
              errors++;
            }
            var _valid0 = _errs58 === errors;
            valid16 = valid16 || _valid0;
            if (!valid16) {
              const _errs60 = errors;
              if (typeof data22 !== "string") {
                const err50 = { instancePath: instancePath + "/value", schemaPath: "#/$defs/MetricLogged/properties/value/anyOf/1/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err50];
                } else {
                  vErrors.push(err50);
                }
                errors++;
              }
              if (!(data22 === "NaN" || data22 === "Infinity" || data22 === "-Infinity")) {
                const err51 = { instancePath: instancePath + "/value", schemaPath: "#/$defs/MetricLogged/properties/value/anyOf/1/enum", keyword: "enum", params: { allowedValues: schema99.properties.value.anyOf[1].enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err51];
                } else {
                  vErrors.push(err51);
                }
                errors++;
              }
              var _valid0 = _errs60 === errors;
              valid16 = valid16 || _valid0;
            }
            if (!valid16) {
              const err52 = { instancePath: instancePath + "/value", schemaPath: "#/$defs/MetricLogged/properties/value/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
              if (vErrors === null) {
                vErrors = [err52];
              } else {
                vErrors.push(err52);
              }
              errors++;
            } else {
              errors = _errs57;
              if (vErrors !== null) {
                if (_errs57) {
                  vErrors.length = _errs57;
                } else {
                  vErrors = null;
                }
              }
            }
          }
        } else {
          const err53 = { instancePath, schemaPath: "#/$defs/MetricLogged/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err53];
          } else {
            vErrors.push(err53);
          }
          errors++;
        }
      } else if (tag0 === "trial") {
        if (!validate62(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate62.errors : vErrors.concat(validate62.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "log") {
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data.time === void 0) {
            const err54 = { instancePath, schemaPath: "#/$defs/Log/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
            if (vErrors === null) {
              vErrors = [err54];
            } else {
              vErrors.push(err54);
            }
            errors++;
          }
          if (data.type === void 0) {
            const err55 = { instancePath, schemaPath: "#/$defs/Log/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
            if (vErrors === null) {
              vErrors = [err55];
            } else {
              vErrors.push(err55);
            }
            errors++;
          }
          if (data.level === void 0) {
            const err56 = { instancePath, schemaPath: "#/$defs/Log/required", keyword: "required", params: { missingProperty: "level" }, message: "must have required property 'level'" };
            if (vErrors === null) {
              vErrors = [err56];
            } else {
              vErrors.push(err56);
            }
            errors++;
          }
          if (data.message === void 0) {
            const err57 = { instancePath, schemaPath: "#/$defs/Log/required", keyword: "required", params: { missingProperty: "message" }, message: "must have required property 'message'" };
            if (vErrors === null) {
              vErrors = [err57];
            } else {
              vErrors.push(err57);
            }
            errors++;
          }
          for (const key4 in data) {
            if (!func3.call(schema100.properties, key4)) {
              const err58 = { instancePath, schemaPath: "#/$defs/Log/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err58];
              } else {
                vErrors.push(err58);
              }
              errors++;
            }
          }
          if (data.time !== void 0) {
            if (typeof data.time !== "string") {
              const err59 = { instancePath: instancePath + "/time", schemaPath: "#/$defs/Log/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err59];
              } else {
                vErrors.push(err59);
              }
              errors++;
            }
          }
          if (data.type !== void 0) {
            if ("log" !== data.type) {
              const err60 = { instancePath: instancePath + "/type", schemaPath: "#/$defs/Log/properties/type/const", keyword: "const", params: { allowedValue: "log" }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err60];
              } else {
                vErrors.push(err60);
              }
              errors++;
            }
          }
          if (data.stage !== void 0) {
            if (typeof data.stage !== "string") {
              const err61 = { instancePath: instancePath + "/stage", schemaPath: "#/$defs/Log/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err61];
              } else {
                vErrors.push(err61);
              }
              errors++;
            }
          }
          if (data.level !== void 0) {
            let data26 = data.level;
            if (typeof data26 !== "string") {
              const err62 = { instancePath: instancePath + "/level", schemaPath: "#/$defs/Log/properties/level/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err62];
              } else {
                vErrors.push(err62);
              }
              errors++;
            }
            if (!(data26 === "debug" || data26 === "info" || data26 === "warning" || data26 === "error" || data26 === "output")) {
              const err63 = { instancePath: instancePath + "/level", schemaPath: "#/$defs/Log/properties/level/enum", keyword: "enum", params: { allowedValues: schema100.properties.level.enum }, message: "must be equal to one of the allowed values" };
              if (vErrors === null) {
                vErrors = [err63];
              } else {
                vErrors.push(err63);
              }
              errors++;
            }
          }
          if (data.message !== void 0) {
            if (typeof data.message !== "string") {
              const err64 = { instancePath: instancePath + "/message", schemaPath: "#/$defs/Log/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err64];
              } else {
                vErrors.push(err64);
              }
              errors++;
            }
          }
          if (data.code !== void 0) {
            if (typeof data.code !== "string") {
              const err65 = { instancePath: instancePath + "/code", schemaPath: "#/$defs/Log/properties/code/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err65];
              } else {
                vErrors.push(err65);
              }
              errors++;
            }
          }
          if (data.hint !== void 0) {
            if (typeof data.hint !== "string") {
              const err66 = { instancePath: instancePath + "/hint", schemaPath: "#/$defs/Log/properties/hint/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err66];
              } else {
                vErrors.push(err66);
              }
              errors++;
            }
          }
          if (data.file !== void 0) {
            if (typeof data.file !== "string") {
              const err67 = { instancePath: instancePath + "/file", schemaPath: "#/$defs/Log/properties/file/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err67];
              } else {
                vErrors.push(err67);
              }
              errors++;
            }
          }
          if (data.line !== void 0) {
            let data31 = data.line;
            if (!(typeof data31 == "number" && (!(data31 % 1) && !isNaN(data31)) && isFinite(data31))) {
              const err68 = { instancePath: instancePath + "/line", schemaPath: "#/$defs/Log/properties/line/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
              if (vErrors === null) {
                vErrors = [err68];
              } else {
                vErrors.push(err68);
              }
              errors++;
            }
            if (typeof data31 == "number" && isFinite(data31)) {
              if (data31 < 1 || isNaN(data31)) {
                const err69 = { instancePath: instancePath + "/line", schemaPath: "#/$defs/Log/properties/line/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                if (vErrors === null) {
                  vErrors = [err69];
                } else {
                  vErrors.push(err69);
                }
                errors++;
              }
            }
          }
          if (data.path !== void 0) {
            let data32 = data.path;
            if (Array.isArray(data32)) {
              const len2 = data32.length;
              for (let i2 = 0; i2 < len2; i2++) {
                let data33 = data32[i2];
                if (typeof data33 !== "string" && !(typeof data33 == "number" && isFinite(data33))) {
                  const err70 = { instancePath: instancePath + "/path/" + i2, schemaPath: "#/$defs/Log/properties/path/items/type", keyword: "type", params: { type: schema100.properties.path.items.type }, message: "must be string,number" };
                  if (vErrors === null) {
                    vErrors = [err70];
                  } else {
                    vErrors.push(err70);
                  }
                  errors++;
                }
              }
            } else {
              const err71 = { instancePath: instancePath + "/path", schemaPath: "#/$defs/Log/properties/path/type", keyword: "type", params: { type: "array" }, message: "must be array" };
              if (vErrors === null) {
                vErrors = [err71];
              } else {
                vErrors.push(err71);
              }
              errors++;
            }
          }
        } else {
          const err72 = { instancePath, schemaPath: "#/$defs/Log/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err72];
          } else {
            vErrors.push(err72);
          }
          errors++;
        }
      } else if (tag0 === "stage-reused") {
        if (!validate63(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "stage-finished") {
        if (!validate64(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "stage-failed") {
        if (!validate65(data, { instancePath, parentData, parentDataProperty, rootData })) {
          vErrors = vErrors === null ? validate65.errors : vErrors.concat(validate65.errors);
          errors = vErrors.length;
        }
      } else if (tag0 === "stage-skipped") {
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data.time === void 0) {
            const err73 = { instancePath, schemaPath: "#/$defs/StageSkipped/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
            if (vErrors === null) {
              vErrors = [err73];
            } else {
              vErrors.push(err73);
            }
            errors++;
          }
          if (data.type === void 0) {
            const err74 = { instancePath, schemaPath: "#/$defs/StageSkipped/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
            if (vErrors === null) {
              vErrors = [err74];
            } else {
              vErrors.push(err74);
            }
            errors++;
          }
          if (data.stage === void 0) {
            const err75 = { instancePath, schemaPath: "#/$defs/StageSkipped/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
            if (vErrors === null) {
              vErrors = [err75];
            } else {
              vErrors.push(err75);
            }
            errors++;
          }
          if (data.reason === void 0) {
            const err76 = { instancePath, schemaPath: "#/$defs/StageSkipped/required", keyword: "required", params: { missingProperty: "reason" }, message: "must have required property 'reason'" };
            if (vErrors === null) {
              vErrors = [err76];
            } else {
              vErrors.push(err76);
            }
            errors++;
          }
          for (const key5 in data) {
            if (!(key5 === "time" || key5 === "type" || key5 === "stage" || key5 === "reason")) {
              const err77 = { instancePath, schemaPath: "#/$defs/StageSkipped/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err77];
              } else {
                vErrors.push(err77);
              }
              errors++;
            }
          }
          if (data.time !== void 0) {
            if (typeof data.time !== "string") {
              const err78 = { instancePath: instancePath + "/time", schemaPath: "#/$defs/StageSkipped/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err78];
              } else {
                vErrors.push(err78);
              }
              errors++;
            }
          }
          if (data.type !== void 0) {
            if ("stage-skipped" !== data.type) {
              const err79 = { instancePath: instancePath + "/type", schemaPath: "#/$defs/StageSkipped/properties/type/const", keyword: "const", params: { allowedValue: "stage-skipped" }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err79];
              } else {
                vErrors.push(err79);
              }
              errors++;
            }
          }
          if (data.stage !== void 0) {
            if (typeof data.stage !== "string") {
              const err80 = { instancePath: instancePath + "/stage", schemaPath: "#/$defs/StageSkipped/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err80];
              } else {
                vErrors.push(err80);
              }
              errors++;
            }
          }
          if (data.reason !== void 0) {
            if (typeof data.reason !== "string") {
              const err81 = { instancePath: instancePath + "/reason", schemaPath: "#/$defs/StageSkipped/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err81];
              } else {
                vErrors.push(err81);
              }
              errors++;
            }
          }
        } else {
          const err82 = { instancePath, schemaPath: "#/$defs/StageSkipped/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err82];
          } else {
            vErrors.push(err82);
          }
          errors++;
        }
      } else if (tag0 === "run-finished") {
        if (data && typeof data == "object" && !Array.isArray(data)) {
          if (data.time === void 0) {
            const err83 = { instancePath, schemaPath: "#/$defs/RunFinished/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
            if (vErrors === null) {
              vErrors = [err83];
            } else {
              vErrors.push(err83);
            }
            errors++;
          }
          if (data.type === void 0) {
            const err84 = { instancePath, schemaPath: "#/$defs/RunFinished/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
            if (vErrors === null) {
              vErrors = [err84];
            } else {
              vErrors.push(err84);
            }
            errors++;
          }
          if (data.status === void 0) {
            const err85 = { instancePath, schemaPath: "#/$defs/RunFinished/required", keyword: "required", params: { missingProperty: "status" }, message: "must have required property 'status'" };
            if (vErrors === null) {
              vErrors = [err85];
            } else {
              vErrors.push(err85);
            }
            errors++;
          }
          if (data.seconds === void 0) {
            const err86 = { instancePath, schemaPath: "#/$defs/RunFinished/required", keyword: "required", params: { missingProperty: "seconds" }, message: "must have required property 'seconds'" };
            if (vErrors === null) {
              vErrors = [err86];
            } else {
              vErrors.push(err86);
            }
            errors++;
          }
          for (const key6 in data) {
            if (!(key6 === "time" || key6 === "type" || key6 === "status" || key6 === "seconds")) {
              const err87 = { instancePath, schemaPath: "#/$defs/RunFinished/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
              if (vErrors === null) {
                vErrors = [err87];
              } else {
                vErrors.push(err87);
              }
              errors++;
            }
          }
          if (data.time !== void 0) {
            if (typeof data.time !== "string") {
              const err88 = { instancePath: instancePath + "/time", schemaPath: "#/$defs/RunFinished/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err88];
              } else {
                vErrors.push(err88);
              }
              errors++;
            }
          }
          if (data.type !== void 0) {
            if ("run-finished" !== data.type) {
              const err89 = { instancePath: instancePath + "/type", schemaPath: "#/$defs/RunFinished/properties/type/const", keyword: "const", params: { allowedValue: "run-finished" }, message: "must be equal to constant" };
              if (vErrors === null) {
                vErrors = [err89];
              } else {
                vErrors.push(err89);
              }
              errors++;
            }
          }
          if (data.status !== void 0) {
            let data40 = data.status;
            if (typeof data40 !== "string") {
              const err90 = { instancePath: instancePath + "/status", schemaPath: "#/$defs/RunFinished/properties/status/type", keyword: "type", params: { type: "string" }, message: "must be string" };
              if (vErrors === null) {
                vErrors = [err90];
              } else {
                vErrors.push(err90);
              }
              errors++;
            }
            if (!(data40 === "succeeded" || data40 === "failed" || data40 === "cancelled")) {
              const err91 = { instancePath: instancePath + "/status", schemaPath: "#/$defs/RunFinished/properties/status/enum", keyword: "enum", params: { allowedValues: schema102.properties.status.enum }, message: "must be equal to one of the allowed values" };
              if (vErrors === null) {
                vErrors = [err91];
              } else {
                vErrors.push(err91);
              }
              errors++;
            }
          }
          if (data.seconds !== void 0) {
            let data41 = data.seconds;
            if (typeof data41 == "number" && isFinite(data41)) {
              if (data41 < 0 || isNaN(data41)) {
                const err92 = { instancePath: instancePath + "/seconds", schemaPath: "#/$defs/RunFinished/properties/seconds/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                if (vErrors === null) {
                  vErrors = [err92];
                } else {
                  vErrors.push(err92);
                }
                errors++;
              }
            } else {
              const err93 = { instancePath: instancePath + "/seconds", schemaPath: "#/$defs/RunFinished/properties/seconds/type", keyword: "type", params: { type: "number" }, message: "must be number" };
              if (vErrors === null) {
                vErrors = [err93];
              } else {
                vErrors.push(err93);
              }
              errors++;
            }
          }
        } else {
          const err94 = { instancePath, schemaPath: "#/$defs/RunFinished/type", keyword: "type", params: { type: "object" }, message: "must be object" };
          if (vErrors === null) {
            vErrors = [err94];
          } else {
            vErrors.push(err94);
          }
          errors++;
        }
      } else {
        const err95 = { instancePath, schemaPath: "#/discriminator", keyword: "discriminator", params: { error: "mapping", tag: "type", tagValue: tag0 }, message: 'value of tag "type" must be in oneOf' };
        if (vErrors === null) {
          vErrors = [err95];
        } else {
          vErrors.push(err95);
        }
        errors++;
      }
    } else {
      const err96 = { instancePath, schemaPath: "#/discriminator", keyword: "discriminator", params: { error: "tag", tag: "type", tagValue: tag0 }, message: 'tag "type" must be string' };
      if (vErrors === null) {
        vErrors = [err96];
      } else {
        vErrors.push(err96);
      }
      errors++;
    }
  } else {
    const err97 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err97];
    } else {
      vErrors.push(err97);
    }
    errors++;
  }
  validate60.errors = vErrors;
  return errors === 0;
}
exports.validateRun = validate71;
var schema103 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "run", "title": "RunInfo", "description": "`run.json`: what was asked for. Written once, before the first event.", "type": "object", "additionalProperties": false, "required": ["format", "id", "pipeline", "file", "created", "command", "host", "engine", "stages", "process"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "id": { "type": "string", "description": "Id of the run; sorts by time." }, "pipeline": { "type": "string", "description": "Name of the pipeline." }, "file": { "type": "string", "description": "The pipeline's file, relative to the project root." }, "created": { "type": "string", "description": "ISO 8601 time." }, "command": { "type": "string", "enum": ["run", "deploy", "monitor"], "description": "The command that started it." }, "parameters": { "type": "object", "additionalProperties": { "$ref": "common#/$defs/Scalar" }, "description": "Parameters after overrides." }, "environment": { "type": "string", "description": "Name of the environment." }, "selection": { "type": "object", "additionalProperties": false, "description": "The stages asked for.", "properties": { "only": { "type": "array", "items": { "type": "string" }, "description": "Only these." }, "from": { "type": "string", "description": "From this stage on." }, "to": { "type": "string", "description": "Up to this stage." }, "force": { "type": "boolean", "description": "Nothing is reused." } } }, "stages": { "type": "array", "items": { "type": "string" }, "description": "Names of the planned stages in order." }, "host": { "type": "string", "description": "Name of the machine." }, "engine": { "type": "string", "description": "Version of the engine." }, "process": { "type": "object", "additionalProperties": false, "required": ["pid", "started", "boot"], "description": "The supervisor's process; tells a living run from a killed one.", "properties": { "pid": { "type": "integer", "description": "Process id." }, "started": { "type": "string", "description": "Start time of the process as the operating system gives it." }, "boot": { "type": "string", "description": "Id of the machine's boot." } } }, "platform": { "type": "object", "additionalProperties": false, "required": ["node", "os", "cpus", "memory", "threads"], "description": "What it runs on.", "properties": { "node": { "type": "string", "description": "Version of Node." }, "os": { "type": "string", "description": "Operating system and architecture." }, "cpus": { "type": "integer", "description": "Logical processors." }, "memory": { "type": "integer", "description": "Memory in bytes." }, "threads": { "type": "integer", "description": "Threads given to stages." }, "packages": { "type": "object", "additionalProperties": { "type": "string" }, "description": "Versions of the runtimes." } } }, "git": { "type": "object", "additionalProperties": false, "description": "Commit of the project.", "properties": { "commit": { "type": "string", "description": "Commit." }, "dirty": { "type": "boolean", "description": "Whether there were uncommitted changes." } } }, "parent": { "type": "object", "additionalProperties": false, "required": ["run", "stage", "trial"], "description": "For a trial of a search: what it belongs to.", "properties": { "run": { "type": "string", "description": "Id of the run." }, "stage": { "type": "string", "description": "Stage that searches." }, "trial": { "type": "integer", "minimum": 1, "description": "Number of the trial." } } } } };
function validate71(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.id === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "id" }, message: "must have required property 'id'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.pipeline === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "pipeline" }, message: "must have required property 'pipeline'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.file === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "file" }, message: "must have required property 'file'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.created === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "created" }, message: "must have required property 'created'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.command === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "command" }, message: "must have required property 'command'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.host === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "host" }, message: "must have required property 'host'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.engine === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "engine" }, message: "must have required property 'engine'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    if (data.stages === void 0) {
      const err8 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stages" }, message: "must have required property 'stages'" };
      if (vErrors === null) {
        vErrors = [err8];
      } else {
        vErrors.push(err8);
      }
      errors++;
    }
    if (data.process === void 0) {
      const err9 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "process" }, message: "must have required property 'process'" };
      if (vErrors === null) {
        vErrors = [err9];
      } else {
        vErrors.push(err9);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema103.properties, key0)) {
        const err10 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err11 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.id !== void 0) {
      if (typeof data.id !== "string") {
        const err12 = { instancePath: instancePath + "/id", schemaPath: "#/properties/id/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.pipeline !== void 0) {
      if (typeof data.pipeline !== "string") {
        const err13 = { instancePath: instancePath + "/pipeline", schemaPath: "#/properties/pipeline/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.file !== void 0) {
      if (typeof data.file !== "string") {
        const err14 = { instancePath: instancePath + "/file", schemaPath: "#/properties/file/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.created !== void 0) {
      if (typeof data.created !== "string") {
        const err15 = { instancePath: instancePath + "/created", schemaPath: "#/properties/created/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.command !== void 0) {
      let data5 = data.command;
      if (typeof data5 !== "string") {
        const err16 = { instancePath: instancePath + "/command", schemaPath: "#/properties/command/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
      if (!(data5 === "run" || data5 === "deploy" || data5 === "monitor")) {
        const err17 = { instancePath: instancePath + "/command", schemaPath: "#/properties/command/enum", keyword: "enum", params: { allowedValues: schema103.properties.command.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.parameters !== void 0) {
      let data6 = data.parameters;
      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
        for (const key1 in data6) {
          let data7 = data6[key1];
          if (typeof data7 !== "string" && !(typeof data7 == "number" && isFinite(data7)) && typeof data7 !== "boolean" && data7 !== null) {
            const err18 = { instancePath: instancePath + "/parameters/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
      } else {
        const err19 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.environment !== void 0) {
      if (typeof data.environment !== "string") {
        const err20 = { instancePath: instancePath + "/environment", schemaPath: "#/properties/environment/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err20];
        } else {
          vErrors.push(err20);
        }
        errors++;
      }
    }
    if (data.selection !== void 0) {
      let data9 = data.selection;
      if (data9 && typeof data9 == "object" && !Array.isArray(data9)) {
        for (const key2 in data9) {
          if (!(key2 === "only" || key2 === "from" || key2 === "to" || key2 === "force")) {
            const err21 = { instancePath: instancePath + "/selection", schemaPath: "#/properties/selection/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
        if (data9.only !== void 0) {
          let data10 = data9.only;
          if (Array.isArray(data10)) {
            const len0 = data10.length;
            for (let i0 = 0; i0 < len0; i0++) {
              if (typeof data10[i0] !== "string") {
                const err22 = { instancePath: instancePath + "/selection/only/" + i0, schemaPath: "#/properties/selection/properties/only/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
            }
          } else {
            const err23 = { instancePath: instancePath + "/selection/only", schemaPath: "#/properties/selection/properties/only/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
        }
        if (data9.from !== void 0) {
          if (typeof data9.from !== "string") {
            const err24 = { instancePath: instancePath + "/selection/from", schemaPath: "#/properties/selection/properties/from/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        if (data9.to !== void 0) {
          if (typeof data9.to !== "string") {
            const err25 = { instancePath: instancePath + "/selection/to", schemaPath: "#/properties/selection/properties/to/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
        }
        if (data9.force !== void 0) {
          if (typeof data9.force !== "boolean") {
            const err26 = { instancePath: instancePath + "/selection/force", schemaPath: "#/properties/selection/properties/force/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
      } else {
        const err27 = { instancePath: instancePath + "/selection", schemaPath: "#/properties/selection/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
    }
    if (data.stages !== void 0) {
      let data15 = data.stages;
      if (Array.isArray(data15)) {
        const len1 = data15.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (typeof data15[i1] !== "string") {
            const err28 = { instancePath: instancePath + "/stages/" + i1, schemaPath: "#/properties/stages/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
        }
      } else {
        const err29 = { instancePath: instancePath + "/stages", schemaPath: "#/properties/stages/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err29];
        } else {
          vErrors.push(err29);
        }
        errors++;
      }
    }
    if (data.host !== void 0) {
      if (typeof data.host !== "string") {
        const err30 = { instancePath: instancePath + "/host", schemaPath: "#/properties/host/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
    }
    if (data.engine !== void 0) {
      if (typeof data.engine !== "string") {
        const err31 = { instancePath: instancePath + "/engine", schemaPath: "#/properties/engine/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
    if (data.process !== void 0) {
      let data19 = data.process;
      if (data19 && typeof data19 == "object" && !Array.isArray(data19)) {
        if (data19.pid === void 0) {
          const err32 = { instancePath: instancePath + "/process", schemaPath: "#/properties/process/required", keyword: "required", params: { missingProperty: "pid" }, message: "must have required property 'pid'" };
          if (vErrors === null) {
            vErrors = [err32];
          } else {
            vErrors.push(err32);
          }
          errors++;
        }
        if (data19.started === void 0) {
          const err33 = { instancePath: instancePath + "/process", schemaPath: "#/properties/process/required", keyword: "required", params: { missingProperty: "started" }, message: "must have required property 'started'" };
          if (vErrors === null) {
            vErrors = [err33];
          } else {
            vErrors.push(err33);
          }
          errors++;
        }
        if (data19.boot === void 0) {
          const err34 = { instancePath: instancePath + "/process", schemaPath: "#/properties/process/required", keyword: "required", params: { missingProperty: "boot" }, message: "must have required property 'boot'" };
          if (vErrors === null) {
            vErrors = [err34];
          } else {
            vErrors.push(err34);
          }
          errors++;
        }
        for (const key3 in data19) {
          if (!(key3 === "pid" || key3 === "started" || key3 === "boot")) {
            const err35 = { instancePath: instancePath + "/process", schemaPath: "#/properties/process/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
        if (data19.pid !== void 0) {
          let data20 = data19.pid;
          if (!(typeof data20 == "number" && (!(data20 % 1) && !isNaN(data20)) && isFinite(data20))) {
            const err36 = { instancePath: instancePath + "/process/pid", schemaPath: "#/properties/process/properties/pid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err36];
            } else {
              vErrors.push(err36);
            }
            errors++;
          }
        }
        if (data19.started !== void 0) {
          if (typeof data19.started !== "string") {
            const err37 = { instancePath: instancePath + "/process/started", schemaPath: "#/properties/process/properties/started/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
        if (data19.boot !== void 0) {
          if (typeof data19.boot !== "string") {
            const err38 = { instancePath: instancePath + "/process/boot", schemaPath: "#/properties/process/properties/boot/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err38];
            } else {
              vErrors.push(err38);
            }
            errors++;
          }
        }
      } else {
        const err39 = { instancePath: instancePath + "/process", schemaPath: "#/properties/process/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err39];
        } else {
          vErrors.push(err39);
        }
        errors++;
      }
    }
    if (data.platform !== void 0) {
      let data23 = data.platform;
      if (data23 && typeof data23 == "object" && !Array.isArray(data23)) {
        if (data23.node === void 0) {
          const err40 = { instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/required", keyword: "required", params: { missingProperty: "node" }, message: "must have required property 'node'" };
          if (vErrors === null) {
            vErrors = [err40];
          } else {
            vErrors.push(err40);
          }
          errors++;
        }
        if (data23.os === void 0) {
          const err41 = { instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/required", keyword: "required", params: { missingProperty: "os" }, message: "must have required property 'os'" };
          if (vErrors === null) {
            vErrors = [err41];
          } else {
            vErrors.push(err41);
          }
          errors++;
        }
        if (data23.cpus === void 0) {
          const err42 = { instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/required", keyword: "required", params: { missingProperty: "cpus" }, message: "must have required property 'cpus'" };
          if (vErrors === null) {
            vErrors = [err42];
          } else {
            vErrors.push(err42);
          }
          errors++;
        }
        if (data23.memory === void 0) {
          const err43 = { instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/required", keyword: "required", params: { missingProperty: "memory" }, message: "must have required property 'memory'" };
          if (vErrors === null) {
            vErrors = [err43];
          } else {
            vErrors.push(err43);
          }
          errors++;
        }
        if (data23.threads === void 0) {
          const err44 = { instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/required", keyword: "required", params: { missingProperty: "threads" }, message: "must have required property 'threads'" };
          if (vErrors === null) {
            vErrors = [err44];
          } else {
            vErrors.push(err44);
          }
          errors++;
        }
        for (const key4 in data23) {
          if (!(key4 === "node" || key4 === "os" || key4 === "cpus" || key4 === "memory" || key4 === "threads" || key4 === "packages")) {
            const err45 = { instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err45];
            } else {
              vErrors.push(err45);
            }
            errors++;
          }
        }
        if (data23.node !== void 0) {
          if (typeof data23.node !== "string") {
            const err46 = { instancePath: instancePath + "/platform/node", schemaPath: "#/properties/platform/properties/node/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err46];
            } else {
              vErrors.push(err46);
            }
            errors++;
          }
        }
        if (data23.os !== void 0) {
          if (typeof data23.os !== "string") {
            const err47 = { instancePath: instancePath + "/platform/os", schemaPath: "#/properties/platform/properties/os/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err47];
            } else {
              vErrors.push(err47);
            }
            errors++;
          }
        }
        if (data23.cpus !== void 0) {
          let data26 = data23.cpus;
          if (!(typeof data26 == "number" && (!(data26 % 1) && !isNaN(data26)) && isFinite(data26))) {
            const err48 = { instancePath: instancePath + "/platform/cpus", schemaPath: "#/properties/platform/properties/cpus/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err48];
            } else {
              vErrors.push(err48);
            }
            errors++;
          }
        }
        if (data23.memory !== void 0) {
          let data27 = data23.memory;
          if (!(typeof data27 == "number" && (!(data27 % 1) && !isNaN(data27)) && isFinite(data27))) {
            const err49 = { instancePath: instancePath + "/platform/memory", schemaPath: "#/properties/platform/properties/memory/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err49];
            } else {
              vErrors.push(err49);
            }
            errors++;
          }
        }
        if (data23.threads !== void 0) {
          let data28 = data23.threads;
          if (!(typeof data28 == "number" && (!(data28 % 1) && !isNaN(data28)) && isFinite(data28))) {
            const err50 = { instancePath: instancePath + "/platform/threads", schemaPath: "#/properties/platform/properties/threads/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err50];
            } else {
              vErrors.push(err50);
            }
            errors++;
          }
        }
        if (data23.packages !== void 0) {
          let data29 = data23.packages;
          if (data29 && typeof data29 == "object" && !Array.isArray(data29)) {
            for (const key5 in data29) {
              if (typeof data29[key5] !== "string") {
                const err51 = { instancePath: instancePath + "/platform/packages/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/platform/properties/packages/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err51];
                } else {
                  vErrors.push(err51);
                }
                errors++;
              }
            }
          } else {
            const err52 = { instancePath: instancePath + "/platform/packages", schemaPath: "#/properties/platform/properties/packages/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err52];
            } else {
              vErrors.push(err52);
            }
            errors++;
          }
        }
      } else {
        const err53 = { instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err53];
        } else {
          vErrors.push(err53);
        }
        errors++;
      }
    }
    if (data.git !== void 0) {
      let data31 = data.git;
      if (data31 && typeof data31 == "object" && !Array.isArray(data31)) {
        for (const key6 in data31) {
          if (!(key6 === "commit" || key6 === "dirty")) {
            const err54 = { instancePath: instancePath + "/git", schemaPath: "#/properties/git/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err54];
            } else {
              vErrors.push(err54);
            }
            errors++;
          }
        }
        if (data31.commit !== void 0) {
          if (typeof data31.commit !== "string") {
            const err55 = { instancePath: instancePath + "/git/commit", schemaPath: "#/properties/git/properties/commit/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err55];
            } else {
              vErrors.push(err55);
            }
            errors++;
          }
        }
        if (data31.dirty !== void 0) {
          if (typeof data31.dirty !== "boolean") {
            const err56 = { instancePath: instancePath + "/git/dirty", schemaPath: "#/properties/git/properties/dirty/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
            if (vErrors === null) {
              vErrors = [err56];
            } else {
              vErrors.push(err56);
            }
            errors++;
          }
        }
      } else {
        const err57 = { instancePath: instancePath + "/git", schemaPath: "#/properties/git/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err57];
        } else {
          vErrors.push(err57);
        }
        errors++;
      }
    }
    if (data.parent !== void 0) {
      let data34 = data.parent;
      if (data34 && typeof data34 == "object" && !Array.isArray(data34)) {
        if (data34.run === void 0) {
          const err58 = { instancePath: instancePath + "/parent", schemaPath: "#/properties/parent/required", keyword: "required", params: { missingProperty: "run" }, message: "must have required property 'run'" };
          if (vErrors === null) {
            vErrors = [err58];
          } else {
            vErrors.push(err58);
          }
          errors++;
        }
        if (data34.stage === void 0) {
          const err59 = { instancePath: instancePath + "/parent", schemaPath: "#/properties/parent/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
          if (vErrors === null) {
            vErrors = [err59];
          } else {
            vErrors.push(err59);
          }
          errors++;
        }
        if (data34.trial === void 0) {
          const err60 = { instancePath: instancePath + "/parent", schemaPath: "#/properties/parent/required", keyword: "required", params: { missingProperty: "trial" }, message: "must have required property 'trial'" };
          if (vErrors === null) {
            vErrors = [err60];
          } else {
            vErrors.push(err60);
          }
          errors++;
        }
        for (const key7 in data34) {
          if (!(key7 === "run" || key7 === "stage" || key7 === "trial")) {
            const err61 = { instancePath: instancePath + "/parent", schemaPath: "#/properties/parent/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err61];
            } else {
              vErrors.push(err61);
            }
            errors++;
          }
        }
        if (data34.run !== void 0) {
          if (typeof data34.run !== "string") {
            const err62 = { instancePath: instancePath + "/parent/run", schemaPath: "#/properties/parent/properties/run/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err62];
            } else {
              vErrors.push(err62);
            }
            errors++;
          }
        }
        if (data34.stage !== void 0) {
          if (typeof data34.stage !== "string") {
            const err63 = { instancePath: instancePath + "/parent/stage", schemaPath: "#/properties/parent/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err63];
            } else {
              vErrors.push(err63);
            }
            errors++;
          }
        }
        if (data34.trial !== void 0) {
          let data37 = data34.trial;
          if (!(typeof data37 == "number" && (!(data37 % 1) && !isNaN(data37)) && isFinite(data37))) {
            const err64 = { instancePath: instancePath + "/parent/trial", schemaPath: "#/properties/parent/properties/trial/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err64];
            } else {
              vErrors.push(err64);
            }
            errors++;
          }
          if (typeof data37 == "number" && isFinite(data37)) {
            if (data37 < 1 || isNaN(data37)) {
              const err65 = { instancePath: instancePath + "/parent/trial", schemaPath: "#/properties/parent/properties/trial/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err65];
              } else {
                vErrors.push(err65);
              }
              errors++;
            }
          }
        }
      } else {
        const err66 = { instancePath: instancePath + "/parent", schemaPath: "#/properties/parent/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err66];
        } else {
          vErrors.push(err66);
        }
        errors++;
      }
    }
  } else {
    const err67 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err67];
    } else {
      vErrors.push(err67);
    }
    errors++;
  }
  validate71.errors = vErrors;
  return errors === 0;
}
exports.validateRecord = validate72;
var schema105 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "record", "title": "RunRecord", "description": "`record.json`: how the run ended. Written once, at the end; a run without it was cut short.", "type": "object", "additionalProperties": false, "required": ["format", "id", "status", "created", "finished", "seconds", "stages"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "id": { "type": "string", "description": "Id of the run." }, "status": { "type": "string", "enum": ["succeeded", "failed", "cancelled"], "description": "How it ended." }, "created": { "type": "string", "description": "When it began." }, "finished": { "type": "string", "description": "When it ended." }, "seconds": { "type": "number", "minimum": 0, "description": "Wall-clock seconds." }, "stages": { "type": "object", "description": "Result of each stage by name.", "additionalProperties": { "type": "object", "additionalProperties": false, "required": ["kind", "status"], "description": "Result of a stage.", "properties": { "kind": { "type": "string", "description": "Kind of the stage." }, "status": { "type": "string", "enum": ["succeeded", "reused", "failed", "skipped", "cancelled"], "description": "How it ended." }, "fingerprint": { "$ref": "common#/$defs/Sha256" }, "artifact": { "$ref": "common#/$defs/Sha256" }, "from": { "type": "string", "description": "Run that made a reused result." }, "seconds": { "type": "number", "minimum": 0, "description": "Wall-clock seconds." }, "metrics": { "type": "object", "additionalProperties": { "type": "number" }, "description": "Headline metrics." }, "summary": { "type": "string", "description": "One line about the result." }, "reason": { "type": "string", "description": "Why it ran or did not." }, "error": { "$ref": "event#/$defs/Problem" } } } } } };
function validate72(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.id === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "id" }, message: "must have required property 'id'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.status === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "status" }, message: "must have required property 'status'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.created === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "created" }, message: "must have required property 'created'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.finished === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "finished" }, message: "must have required property 'finished'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.seconds === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "seconds" }, message: "must have required property 'seconds'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.stages === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stages" }, message: "must have required property 'stages'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "format" || key0 === "id" || key0 === "status" || key0 === "created" || key0 === "finished" || key0 === "seconds" || key0 === "stages")) {
        const err7 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err8 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.id !== void 0) {
      if (typeof data.id !== "string") {
        const err9 = { instancePath: instancePath + "/id", schemaPath: "#/properties/id/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.status !== void 0) {
      let data2 = data.status;
      if (typeof data2 !== "string") {
        const err10 = { instancePath: instancePath + "/status", schemaPath: "#/properties/status/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (!(data2 === "succeeded" || data2 === "failed" || data2 === "cancelled")) {
        const err11 = { instancePath: instancePath + "/status", schemaPath: "#/properties/status/enum", keyword: "enum", params: { allowedValues: schema105.properties.status.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.created !== void 0) {
      if (typeof data.created !== "string") {
        const err12 = { instancePath: instancePath + "/created", schemaPath: "#/properties/created/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.finished !== void 0) {
      if (typeof data.finished !== "string") {
        const err13 = { instancePath: instancePath + "/finished", schemaPath: "#/properties/finished/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.seconds !== void 0) {
      let data5 = data.seconds;
      if (typeof data5 == "number" && isFinite(data5)) {
        if (data5 < 0 || isNaN(data5)) {
          const err14 = { instancePath: instancePath + "/seconds", schemaPath: "#/properties/seconds/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err14];
          } else {
            vErrors.push(err14);
          }
          errors++;
        }
      } else {
        const err15 = { instancePath: instancePath + "/seconds", schemaPath: "#/properties/seconds/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.stages !== void 0) {
      let data6 = data.stages;
      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
        for (const key1 in data6) {
          let data7 = data6[key1];
          if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
            if (data7.kind === void 0) {
              const err16 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/stages/additionalProperties/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
            if (data7.status === void 0) {
              const err17 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/stages/additionalProperties/required", keyword: "required", params: { missingProperty: "status" }, message: "must have required property 'status'" };
              if (vErrors === null) {
                vErrors = [err17];
              } else {
                vErrors.push(err17);
              }
              errors++;
            }
            for (const key2 in data7) {
              if (!func3.call(schema105.properties.stages.additionalProperties.properties, key2)) {
                const err18 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/stages/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            }
            if (data7.kind !== void 0) {
              if (typeof data7.kind !== "string") {
                const err19 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/kind", schemaPath: "#/properties/stages/additionalProperties/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
            }
            if (data7.status !== void 0) {
              let data9 = data7.status;
              if (typeof data9 !== "string") {
                const err20 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/status", schemaPath: "#/properties/stages/additionalProperties/properties/status/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
              if (!(data9 === "succeeded" || data9 === "reused" || data9 === "failed" || data9 === "skipped" || data9 === "cancelled")) {
                const err21 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/status", schemaPath: "#/properties/stages/additionalProperties/properties/status/enum", keyword: "enum", params: { allowedValues: schema105.properties.stages.additionalProperties.properties.status.enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
            }
            if (data7.fingerprint !== void 0) {
              let data10 = data7.fingerprint;
              if (typeof data10 === "string") {
                if (!pattern7.test(data10)) {
                  const err22 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/fingerprint", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
                  if (vErrors === null) {
                    vErrors = [err22];
                  } else {
                    vErrors.push(err22);
                  }
                  errors++;
                }
              } else {
                const err23 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/fingerprint", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
            if (data7.artifact !== void 0) {
              let data11 = data7.artifact;
              if (typeof data11 === "string") {
                if (!pattern7.test(data11)) {
                  const err24 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/artifact", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
                  if (vErrors === null) {
                    vErrors = [err24];
                  } else {
                    vErrors.push(err24);
                  }
                  errors++;
                }
              } else {
                const err25 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/artifact", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
            if (data7.from !== void 0) {
              if (typeof data7.from !== "string") {
                const err26 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/from", schemaPath: "#/properties/stages/additionalProperties/properties/from/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
            }
            if (data7.seconds !== void 0) {
              let data13 = data7.seconds;
              if (typeof data13 == "number" && isFinite(data13)) {
                if (data13 < 0 || isNaN(data13)) {
                  const err27 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/seconds", schemaPath: "#/properties/stages/additionalProperties/properties/seconds/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err27];
                  } else {
                    vErrors.push(err27);
                  }
                  errors++;
                }
              } else {
                const err28 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/seconds", schemaPath: "#/properties/stages/additionalProperties/properties/seconds/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
            }
            if (data7.metrics !== void 0) {
              let data14 = data7.metrics;
              if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
                for (const key3 in data14) {
                  let data15 = data14[key3];
                  if (!(typeof data15 == "number" && isFinite(data15))) {
                    const err29 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/metrics/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/stages/additionalProperties/properties/metrics/additionalProperties/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                    if (vErrors === null) {
                      vErrors = [err29];
                    } else {
                      vErrors.push(err29);
                    }
                    errors++;
                  }
                }
              } else {
                const err30 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/metrics", schemaPath: "#/properties/stages/additionalProperties/properties/metrics/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err30];
                } else {
                  vErrors.push(err30);
                }
                errors++;
              }
            }
            if (data7.summary !== void 0) {
              if (typeof data7.summary !== "string") {
                const err31 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/summary", schemaPath: "#/properties/stages/additionalProperties/properties/summary/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err31];
                } else {
                  vErrors.push(err31);
                }
                errors++;
              }
            }
            if (data7.reason !== void 0) {
              if (typeof data7.reason !== "string") {
                const err32 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/reason", schemaPath: "#/properties/stages/additionalProperties/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err32];
                } else {
                  vErrors.push(err32);
                }
                errors++;
              }
            }
            if (data7.error !== void 0) {
              let data18 = data7.error;
              if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
                if (data18.code === void 0) {
                  const err33 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error", schemaPath: "event#/$defs/Problem/required", keyword: "required", params: { missingProperty: "code" }, message: "must have required property 'code'" };
                  if (vErrors === null) {
                    vErrors = [err33];
                  } else {
                    vErrors.push(err33);
                  }
                  errors++;
                }
                if (data18.message === void 0) {
                  const err34 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error", schemaPath: "event#/$defs/Problem/required", keyword: "required", params: { missingProperty: "message" }, message: "must have required property 'message'" };
                  if (vErrors === null) {
                    vErrors = [err34];
                  } else {
                    vErrors.push(err34);
                  }
                  errors++;
                }
                for (const key4 in data18) {
                  if (!(key4 === "code" || key4 === "message" || key4 === "hint" || key4 === "file" || key4 === "line" || key4 === "path" || key4 === "details")) {
                    const err35 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error", schemaPath: "event#/$defs/Problem/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err35];
                    } else {
                      vErrors.push(err35);
                    }
                    errors++;
                  }
                }
                if (data18.code !== void 0) {
                  if (typeof data18.code !== "string") {
                    const err36 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/code", schemaPath: "event#/$defs/Problem/properties/code/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err36];
                    } else {
                      vErrors.push(err36);
                    }
                    errors++;
                  }
                }
                if (data18.message !== void 0) {
                  if (typeof data18.message !== "string") {
                    const err37 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/message", schemaPath: "event#/$defs/Problem/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err37];
                    } else {
                      vErrors.push(err37);
                    }
                    errors++;
                  }
                }
                if (data18.hint !== void 0) {
                  if (typeof data18.hint !== "string") {
                    const err38 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/hint", schemaPath: "event#/$defs/Problem/properties/hint/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err38];
                    } else {
                      vErrors.push(err38);
                    }
                    errors++;
                  }
                }
                if (data18.file !== void 0) {
                  if (typeof data18.file !== "string") {
                    const err39 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/file", schemaPath: "event#/$defs/Problem/properties/file/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err39];
                    } else {
                      vErrors.push(err39);
                    }
                    errors++;
                  }
                }
                if (data18.line !== void 0) {
                  let data23 = data18.line;
                  if (!(typeof data23 == "number" && (!(data23 % 1) && !isNaN(data23)) && isFinite(data23))) {
                    const err40 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/line", schemaPath: "event#/$defs/Problem/properties/line/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                    if (vErrors === null) {
                      vErrors = [err40];
                    } else {
                      vErrors.push(err40);
                    }
                    errors++;
                  }
                  if (typeof data23 == "number" && isFinite(data23)) {
                    if (data23 < 1 || isNaN(data23)) {
                      const err41 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/line", schemaPath: "event#/$defs/Problem/properties/line/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                      if (vErrors === null) {
                        vErrors = [err41];
                      } else {
                        vErrors.push(err41);
                      }
                      errors++;
                    }
                  }
                }
                if (data18.path !== void 0) {
                  let data24 = data18.path;
                  if (Array.isArray(data24)) {
                    const len0 = data24.length;
                    for (let i0 = 0; i0 < len0; i0++) {
                      let data25 = data24[i0];
                      if (typeof data25 !== "string" && !(typeof data25 == "number" && isFinite(data25))) {
                        const err42 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/path/" + i0, schemaPath: "event#/$defs/Problem/properties/path/items/type", keyword: "type", params: { type: schema96.properties.path.items.type }, message: "must be string,number" };
                        if (vErrors === null) {
                          vErrors = [err42];
                        } else {
                          vErrors.push(err42);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err43 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/path", schemaPath: "event#/$defs/Problem/properties/path/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                    if (vErrors === null) {
                      vErrors = [err43];
                    } else {
                      vErrors.push(err43);
                    }
                    errors++;
                  }
                }
                if (data18.details !== void 0) {
                  let data26 = data18.details;
                  if (Array.isArray(data26)) {
                    const len1 = data26.length;
                    for (let i1 = 0; i1 < len1; i1++) {
                      if (typeof data26[i1] !== "string") {
                        const err44 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/details/" + i1, schemaPath: "event#/$defs/Problem/properties/details/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err44];
                        } else {
                          vErrors.push(err44);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err45 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error/details", schemaPath: "event#/$defs/Problem/properties/details/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                    if (vErrors === null) {
                      vErrors = [err45];
                    } else {
                      vErrors.push(err45);
                    }
                    errors++;
                  }
                }
              } else {
                const err46 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/error", schemaPath: "event#/$defs/Problem/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err46];
                } else {
                  vErrors.push(err46);
                }
                errors++;
              }
            }
          } else {
            const err47 = { instancePath: instancePath + "/stages/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/stages/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err47];
            } else {
              vErrors.push(err47);
            }
            errors++;
          }
        }
      } else {
        const err48 = { instancePath: instancePath + "/stages", schemaPath: "#/properties/stages/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err48];
        } else {
          vErrors.push(err48);
        }
        errors++;
      }
    }
  } else {
    const err49 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err49];
    } else {
      vErrors.push(err49);
    }
    errors++;
  }
  validate72.errors = vErrors;
  return errors === 0;
}
exports.validateManifest = validate73;
var schema109 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "manifest", "title": "StageManifest", "description": "A stage's kept result, stored under its fingerprint.", "type": "object", "additionalProperties": false, "required": ["format", "kind", "fingerprint", "inputs", "artifact", "files", "outputs", "metrics", "run", "stage", "created", "seconds"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "kind": { "type": "string", "description": "Kind of the stage." }, "fingerprint": { "$ref": "common#/$defs/Sha256" }, "inputs": { "type": "object", "additionalProperties": { "type": "string" }, "description": "Every input of the fingerprint by a readable name (`config.model.trees`, `file data/a.csv`, `customers`) with its value or hash; tells why a stage re-runs." }, "artifact": { "$ref": "common#/$defs/Sha256" }, "files": { "type": "array", "description": "Files of the artifact folder.", "items": { "type": "object", "additionalProperties": false, "required": ["path", "sha256", "bytes"], "description": "One file.", "properties": { "path": { "type": "string", "description": "Path in the artifact, with forward slashes." }, "sha256": { "$ref": "common#/$defs/Sha256" }, "bytes": { "type": "integer", "minimum": 0, "description": "Size." } } } }, "outputs": { "type": "object", "description": "Hash of each named output (`train`, `best`); changes only when that output's content does.", "additionalProperties": { "$ref": "common#/$defs/Sha256" } }, "metrics": { "type": "object", "additionalProperties": { "type": "number" }, "description": "Headline metrics." }, "summary": { "type": "string", "description": "One line about the result." }, "warnings": { "type": "array", "items": { "$ref": "event#/$defs/Problem" }, "description": "Warnings, shown again when the result is reused." }, "run": { "type": "string", "description": "Run that made it." }, "stage": { "type": "string", "description": "Name of the stage then." }, "created": { "type": "string", "description": "When." }, "seconds": { "type": "number", "minimum": 0, "description": "How long it took." } } };
function validate73(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.kind === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.fingerprint === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "fingerprint" }, message: "must have required property 'fingerprint'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.inputs === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "inputs" }, message: "must have required property 'inputs'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.artifact === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "artifact" }, message: "must have required property 'artifact'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.files === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "files" }, message: "must have required property 'files'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.outputs === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "outputs" }, message: "must have required property 'outputs'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.metrics === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "metrics" }, message: "must have required property 'metrics'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    if (data.run === void 0) {
      const err8 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "run" }, message: "must have required property 'run'" };
      if (vErrors === null) {
        vErrors = [err8];
      } else {
        vErrors.push(err8);
      }
      errors++;
    }
    if (data.stage === void 0) {
      const err9 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
      if (vErrors === null) {
        vErrors = [err9];
      } else {
        vErrors.push(err9);
      }
      errors++;
    }
    if (data.created === void 0) {
      const err10 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "created" }, message: "must have required property 'created'" };
      if (vErrors === null) {
        vErrors = [err10];
      } else {
        vErrors.push(err10);
      }
      errors++;
    }
    if (data.seconds === void 0) {
      const err11 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "seconds" }, message: "must have required property 'seconds'" };
      if (vErrors === null) {
        vErrors = [err11];
      } else {
        vErrors.push(err11);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema109.properties, key0)) {
        const err12 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err13 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if (typeof data.kind !== "string") {
        const err14 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.fingerprint !== void 0) {
      let data2 = data.fingerprint;
      if (typeof data2 === "string") {
        if (!pattern7.test(data2)) {
          const err15 = { instancePath: instancePath + "/fingerprint", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
          if (vErrors === null) {
            vErrors = [err15];
          } else {
            vErrors.push(err15);
          }
          errors++;
        }
      } else {
        const err16 = { instancePath: instancePath + "/fingerprint", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.inputs !== void 0) {
      let data3 = data.inputs;
      if (data3 && typeof data3 == "object" && !Array.isArray(data3)) {
        for (const key1 in data3) {
          if (typeof data3[key1] !== "string") {
            const err17 = { instancePath: instancePath + "/inputs/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/inputs/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
      } else {
        const err18 = { instancePath: instancePath + "/inputs", schemaPath: "#/properties/inputs/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.artifact !== void 0) {
      let data5 = data.artifact;
      if (typeof data5 === "string") {
        if (!pattern7.test(data5)) {
          const err19 = { instancePath: instancePath + "/artifact", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
      } else {
        const err20 = { instancePath: instancePath + "/artifact", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err20];
        } else {
          vErrors.push(err20);
        }
        errors++;
      }
    }
    if (data.files !== void 0) {
      let data6 = data.files;
      if (Array.isArray(data6)) {
        const len0 = data6.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data7 = data6[i0];
          if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
            if (data7.path === void 0) {
              const err21 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/required", keyword: "required", params: { missingProperty: "path" }, message: "must have required property 'path'" };
              if (vErrors === null) {
                vErrors = [err21];
              } else {
                vErrors.push(err21);
              }
              errors++;
            }
            if (data7.sha256 === void 0) {
              const err22 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/required", keyword: "required", params: { missingProperty: "sha256" }, message: "must have required property 'sha256'" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
            if (data7.bytes === void 0) {
              const err23 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/required", keyword: "required", params: { missingProperty: "bytes" }, message: "must have required property 'bytes'" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
            for (const key2 in data7) {
              if (!(key2 === "path" || key2 === "sha256" || key2 === "bytes")) {
                const err24 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
            }
            if (data7.path !== void 0) {
              if (typeof data7.path !== "string") {
                const err25 = { instancePath: instancePath + "/files/" + i0 + "/path", schemaPath: "#/properties/files/items/properties/path/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
            if (data7.sha256 !== void 0) {
              let data9 = data7.sha256;
              if (typeof data9 === "string") {
                if (!pattern7.test(data9)) {
                  const err26 = { instancePath: instancePath + "/files/" + i0 + "/sha256", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
                  if (vErrors === null) {
                    vErrors = [err26];
                  } else {
                    vErrors.push(err26);
                  }
                  errors++;
                }
              } else {
                const err27 = { instancePath: instancePath + "/files/" + i0 + "/sha256", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err27];
                } else {
                  vErrors.push(err27);
                }
                errors++;
              }
            }
            if (data7.bytes !== void 0) {
              let data10 = data7.bytes;
              if (!(typeof data10 == "number" && (!(data10 % 1) && !isNaN(data10)) && isFinite(data10))) {
                const err28 = { instancePath: instancePath + "/files/" + i0 + "/bytes", schemaPath: "#/properties/files/items/properties/bytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
              if (typeof data10 == "number" && isFinite(data10)) {
                if (data10 < 0 || isNaN(data10)) {
                  const err29 = { instancePath: instancePath + "/files/" + i0 + "/bytes", schemaPath: "#/properties/files/items/properties/bytes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err29];
                  } else {
                    vErrors.push(err29);
                  }
                  errors++;
                }
              }
            }
          } else {
            const err30 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
      } else {
        const err31 = { instancePath: instancePath + "/files", schemaPath: "#/properties/files/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
    if (data.outputs !== void 0) {
      let data11 = data.outputs;
      if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
        for (const key3 in data11) {
          let data12 = data11[key3];
          if (typeof data12 === "string") {
            if (!pattern7.test(data12)) {
              const err32 = { instancePath: instancePath + "/outputs/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
              if (vErrors === null) {
                vErrors = [err32];
              } else {
                vErrors.push(err32);
              }
              errors++;
            }
          } else {
            const err33 = { instancePath: instancePath + "/outputs/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          }
        }
      } else {
        const err34 = { instancePath: instancePath + "/outputs", schemaPath: "#/properties/outputs/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
    }
    if (data.metrics !== void 0) {
      let data13 = data.metrics;
      if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
        for (const key4 in data13) {
          let data14 = data13[key4];
          if (!(typeof data14 == "number" && isFinite(data14))) {
            const err35 = { instancePath: instancePath + "/metrics/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metrics/additionalProperties/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
      } else {
        const err36 = { instancePath: instancePath + "/metrics", schemaPath: "#/properties/metrics/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data.summary !== void 0) {
      if (typeof data.summary !== "string") {
        const err37 = { instancePath: instancePath + "/summary", schemaPath: "#/properties/summary/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err37];
        } else {
          vErrors.push(err37);
        }
        errors++;
      }
    }
    if (data.warnings !== void 0) {
      let data16 = data.warnings;
      if (Array.isArray(data16)) {
        const len1 = data16.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data17 = data16[i1];
          if (data17 && typeof data17 == "object" && !Array.isArray(data17)) {
            if (data17.code === void 0) {
              const err38 = { instancePath: instancePath + "/warnings/" + i1, schemaPath: "event#/$defs/Problem/required", keyword: "required", params: { missingProperty: "code" }, message: "must have required property 'code'" };
              if (vErrors === null) {
                vErrors = [err38];
              } else {
                vErrors.push(err38);
              }
              errors++;
            }
            if (data17.message === void 0) {
              const err39 = { instancePath: instancePath + "/warnings/" + i1, schemaPath: "event#/$defs/Problem/required", keyword: "required", params: { missingProperty: "message" }, message: "must have required property 'message'" };
              if (vErrors === null) {
                vErrors = [err39];
              } else {
                vErrors.push(err39);
              }
              errors++;
            }
            for (const key5 in data17) {
              if (!(key5 === "code" || key5 === "message" || key5 === "hint" || key5 === "file" || key5 === "line" || key5 === "path" || key5 === "details")) {
                const err40 = { instancePath: instancePath + "/warnings/" + i1, schemaPath: "event#/$defs/Problem/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err40];
                } else {
                  vErrors.push(err40);
                }
                errors++;
              }
            }
            if (data17.code !== void 0) {
              if (typeof data17.code !== "string") {
                const err41 = { instancePath: instancePath + "/warnings/" + i1 + "/code", schemaPath: "event#/$defs/Problem/properties/code/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err41];
                } else {
                  vErrors.push(err41);
                }
                errors++;
              }
            }
            if (data17.message !== void 0) {
              if (typeof data17.message !== "string") {
                const err42 = { instancePath: instancePath + "/warnings/" + i1 + "/message", schemaPath: "event#/$defs/Problem/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err42];
                } else {
                  vErrors.push(err42);
                }
                errors++;
              }
            }
            if (data17.hint !== void 0) {
              if (typeof data17.hint !== "string") {
                const err43 = { instancePath: instancePath + "/warnings/" + i1 + "/hint", schemaPath: "event#/$defs/Problem/properties/hint/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err43];
                } else {
                  vErrors.push(err43);
                }
                errors++;
              }
            }
            if (data17.file !== void 0) {
              if (typeof data17.file !== "string") {
                const err44 = { instancePath: instancePath + "/warnings/" + i1 + "/file", schemaPath: "event#/$defs/Problem/properties/file/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err44];
                } else {
                  vErrors.push(err44);
                }
                errors++;
              }
            }
            if (data17.line !== void 0) {
              let data22 = data17.line;
              if (!(typeof data22 == "number" && (!(data22 % 1) && !isNaN(data22)) && isFinite(data22))) {
                const err45 = { instancePath: instancePath + "/warnings/" + i1 + "/line", schemaPath: "event#/$defs/Problem/properties/line/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err45];
                } else {
                  vErrors.push(err45);
                }
                errors++;
              }
              if (typeof data22 == "number" && isFinite(data22)) {
                if (data22 < 1 || isNaN(data22)) {
                  const err46 = { instancePath: instancePath + "/warnings/" + i1 + "/line", schemaPath: "event#/$defs/Problem/properties/line/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                  if (vErrors === null) {
                    vErrors = [err46];
                  } else {
                    vErrors.push(err46);
                  }
                  errors++;
                }
              }
            }
            if (data17.path !== void 0) {
              let data23 = data17.path;
              if (Array.isArray(data23)) {
                const len2 = data23.length;
                for (let i2 = 0; i2 < len2; i2++) {
                  let data24 = data23[i2];
                  if (typeof data24 !== "string" && !(typeof data24 == "number" && isFinite(data24))) {
                    const err47 = { instancePath: instancePath + "/warnings/" + i1 + "/path/" + i2, schemaPath: "event#/$defs/Problem/properties/path/items/type", keyword: "type", params: { type: schema96.properties.path.items.type }, message: "must be string,number" };
                    if (vErrors === null) {
                      vErrors = [err47];
                    } else {
                      vErrors.push(err47);
                    }
                    errors++;
                  }
                }
              } else {
                const err48 = { instancePath: instancePath + "/warnings/" + i1 + "/path", schemaPath: "event#/$defs/Problem/properties/path/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err48];
                } else {
                  vErrors.push(err48);
                }
                errors++;
              }
            }
            if (data17.details !== void 0) {
              let data25 = data17.details;
              if (Array.isArray(data25)) {
                const len3 = data25.length;
                for (let i3 = 0; i3 < len3; i3++) {
                  if (typeof data25[i3] !== "string") {
                    const err49 = { instancePath: instancePath + "/warnings/" + i1 + "/details/" + i3, schemaPath: "event#/$defs/Problem/properties/details/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err49];
                    } else {
                      vErrors.push(err49);
                    }
                    errors++;
                  }
                }
              } else {
                const err50 = { instancePath: instancePath + "/warnings/" + i1 + "/details", schemaPath: "event#/$defs/Problem/properties/details/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err50];
                } else {
                  vErrors.push(err50);
                }
                errors++;
              }
            }
          } else {
            const err51 = { instancePath: instancePath + "/warnings/" + i1, schemaPath: "event#/$defs/Problem/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err51];
            } else {
              vErrors.push(err51);
            }
            errors++;
          }
        }
      } else {
        const err52 = { instancePath: instancePath + "/warnings", schemaPath: "#/properties/warnings/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err52];
        } else {
          vErrors.push(err52);
        }
        errors++;
      }
    }
    if (data.run !== void 0) {
      if (typeof data.run !== "string") {
        const err53 = { instancePath: instancePath + "/run", schemaPath: "#/properties/run/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err53];
        } else {
          vErrors.push(err53);
        }
        errors++;
      }
    }
    if (data.stage !== void 0) {
      if (typeof data.stage !== "string") {
        const err54 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err54];
        } else {
          vErrors.push(err54);
        }
        errors++;
      }
    }
    if (data.created !== void 0) {
      if (typeof data.created !== "string") {
        const err55 = { instancePath: instancePath + "/created", schemaPath: "#/properties/created/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err55];
        } else {
          vErrors.push(err55);
        }
        errors++;
      }
    }
    if (data.seconds !== void 0) {
      let data30 = data.seconds;
      if (typeof data30 == "number" && isFinite(data30)) {
        if (data30 < 0 || isNaN(data30)) {
          const err56 = { instancePath: instancePath + "/seconds", schemaPath: "#/properties/seconds/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err56];
          } else {
            vErrors.push(err56);
          }
          errors++;
        }
      } else {
        const err57 = { instancePath: instancePath + "/seconds", schemaPath: "#/properties/seconds/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err57];
        } else {
          vErrors.push(err57);
        }
        errors++;
      }
    }
  } else {
    const err58 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err58];
    } else {
      vErrors.push(err58);
    }
    errors++;
  }
  validate73.errors = vErrors;
  return errors === 0;
}
exports.validateDataset = validate74;
var schema115 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "dataset", "title": "Dataset", "description": "`dataset.json` of a data stage's artifact. Beside it: `SPLIT.parquet` (raw columns after the row steps), `SPLIT.features.parquet` (one column a feature: FLOAT, or BOOLEAN where it is 0 or 1; then `__label` as FLOAT), `preprocess.onnx` (raw columns to `features` [N, F] float32). The rows of both files of a split are in the same order.", "type": "object", "additionalProperties": false, "required": ["format", "columns", "splits", "features"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "columns": { "type": "array", "items": { "$ref": "#/$defs/DatasetColumn" }, "description": "Raw columns after the row steps." }, "inputs": { "type": "array", "items": { "type": "string" }, "description": "Names of the raw columns that the served model takes, in order." }, "target": { "type": "object", "additionalProperties": false, "required": ["column", "task"], "description": "What is predicted.", "properties": { "column": { "type": "string", "description": "Name of the target column." }, "task": { "$ref": "common#/$defs/Task" }, "classes": { "type": "array", "items": { "$ref": "common#/$defs/Scalar" }, "description": "Classes in order of their index in `__label` and in the model's output. For a binary task [negative, positive]." } } }, "splits": { "type": "object", "additionalProperties": { "type": "object", "additionalProperties": false, "required": ["rows"], "description": "One split.", "properties": { "rows": { "type": "integer", "minimum": 0, "description": "Rows." }, "classes": { "type": "array", "items": { "type": "integer" }, "description": "Rows of each class." } } }, "description": "Splits by name: train, validation, test." }, "rows": { "type": "object", "additionalProperties": false, "description": "Rows before and after the row steps.", "properties": { "read": { "type": "integer", "description": "Rows read." }, "kept": { "type": "integer", "description": "Rows kept." }, "steps": { "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["step", "removed"], "description": "One step.", "properties": { "step": { "type": "string", "description": "The step." }, "removed": { "type": "integer", "description": "Rows it removed." } } }, "description": "What each row step removed." } } }, "features": { "type": "array", "items": { "type": "string" }, "description": "Names of the features in order, for example `contract=One year`." }, "steps": { "type": "array", "items": { "type": "object", "additionalProperties": true, "description": "A fitted step." }, "description": "The fitted feature steps with their learnt statistics." }, "expectations": { "type": "array", "description": "Expectations and how they came out.", "items": { "type": "object", "additionalProperties": false, "required": ["expectation", "passed", "broken"], "description": "One expectation.", "properties": { "expectation": { "type": "string", "description": "The expectation in words." }, "passed": { "type": "boolean", "description": "Whether it held." }, "broken": { "type": "integer", "description": "Rows that broke it." } } } } }, "$defs": { "DatasetColumn": { "type": "object", "additionalProperties": false, "required": ["name", "type", "roles"], "description": "One column and what the training split shows of it.", "properties": { "name": { "type": "string", "description": "Name." }, "type": { "$ref": "common#/$defs/ColumnType" }, "sql": { "type": "string", "description": "Type in DuckDB." }, "roles": { "type": "array", "items": { "type": "string", "enum": ["feature", "target", "id", "sensitive", "excluded", "time", "group"] }, "description": "Roles." }, "count": { "type": "integer", "description": "Values present." }, "missing": { "type": "integer", "description": "Values missing." }, "distinct": { "type": "integer", "description": "Distinct values (estimated above 100 000)." }, "min": { "type": ["number", "string", "null"], "description": "Smallest." }, "max": { "type": ["number", "string", "null"], "description": "Largest." }, "mean": { "type": ["number", "null"], "description": "Mean." }, "std": { "type": ["number", "null"], "description": "Standard deviation." }, "quantiles": { "type": "array", "items": { "type": "number" }, "description": "Quantiles 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99." }, "histogram": { "type": "object", "additionalProperties": false, "required": ["edges", "counts"], "description": "Twenty bins of equal width.", "properties": { "edges": { "type": "array", "items": { "type": "number" }, "description": "Edges." }, "counts": { "type": "array", "items": { "type": "integer" }, "description": "Counts." } } }, "categories": { "type": "array", "description": "Most frequent values (at most 100) with counts, for text, boolean and few-valued numbers.", "items": { "type": "object", "additionalProperties": false, "required": ["value", "count"], "description": "One value.", "properties": { "value": { "$ref": "common#/$defs/Scalar" }, "count": { "type": "integer", "description": "Rows." } } } } } } } };
var schema116 = { "type": "object", "additionalProperties": false, "required": ["name", "type", "roles"], "description": "One column and what the training split shows of it.", "properties": { "name": { "type": "string", "description": "Name." }, "type": { "$ref": "common#/$defs/ColumnType" }, "sql": { "type": "string", "description": "Type in DuckDB." }, "roles": { "type": "array", "items": { "type": "string", "enum": ["feature", "target", "id", "sensitive", "excluded", "time", "group"] }, "description": "Roles." }, "count": { "type": "integer", "description": "Values present." }, "missing": { "type": "integer", "description": "Values missing." }, "distinct": { "type": "integer", "description": "Distinct values (estimated above 100 000)." }, "min": { "type": ["number", "string", "null"], "description": "Smallest." }, "max": { "type": ["number", "string", "null"], "description": "Largest." }, "mean": { "type": ["number", "null"], "description": "Mean." }, "std": { "type": ["number", "null"], "description": "Standard deviation." }, "quantiles": { "type": "array", "items": { "type": "number" }, "description": "Quantiles 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99." }, "histogram": { "type": "object", "additionalProperties": false, "required": ["edges", "counts"], "description": "Twenty bins of equal width.", "properties": { "edges": { "type": "array", "items": { "type": "number" }, "description": "Edges." }, "counts": { "type": "array", "items": { "type": "integer" }, "description": "Counts." } } }, "categories": { "type": "array", "description": "Most frequent values (at most 100) with counts, for text, boolean and few-valued numbers.", "items": { "type": "object", "additionalProperties": false, "required": ["value", "count"], "description": "One value.", "properties": { "value": { "$ref": "common#/$defs/Scalar" }, "count": { "type": "integer", "description": "Rows." } } } } } };
function validate75(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.name === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.roles === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "roles" }, message: "must have required property 'roles'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema116.properties, key0)) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      if (typeof data.name !== "string") {
        const err4 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      let data1 = data.type;
      if (typeof data1 !== "string") {
        const err5 = { instancePath: instancePath + "/type", schemaPath: "common#/$defs/ColumnType/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
      if (!(data1 === "number" || data1 === "text" || data1 === "boolean" || data1 === "time")) {
        const err6 = { instancePath: instancePath + "/type", schemaPath: "common#/$defs/ColumnType/enum", keyword: "enum", params: { allowedValues: schema23.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.sql !== void 0) {
      if (typeof data.sql !== "string") {
        const err7 = { instancePath: instancePath + "/sql", schemaPath: "#/properties/sql/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.roles !== void 0) {
      let data3 = data.roles;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data4 = data3[i0];
          if (typeof data4 !== "string") {
            const err8 = { instancePath: instancePath + "/roles/" + i0, schemaPath: "#/properties/roles/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
          if (!(data4 === "feature" || data4 === "target" || data4 === "id" || data4 === "sensitive" || data4 === "excluded" || data4 === "time" || data4 === "group")) {
            const err9 = { instancePath: instancePath + "/roles/" + i0, schemaPath: "#/properties/roles/items/enum", keyword: "enum", params: { allowedValues: schema116.properties.roles.items.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/roles", schemaPath: "#/properties/roles/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.count !== void 0) {
      let data5 = data.count;
      if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
        const err11 = { instancePath: instancePath + "/count", schemaPath: "#/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.missing !== void 0) {
      let data6 = data.missing;
      if (!(typeof data6 == "number" && (!(data6 % 1) && !isNaN(data6)) && isFinite(data6))) {
        const err12 = { instancePath: instancePath + "/missing", schemaPath: "#/properties/missing/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.distinct !== void 0) {
      let data7 = data.distinct;
      if (!(typeof data7 == "number" && (!(data7 % 1) && !isNaN(data7)) && isFinite(data7))) {
        const err13 = { instancePath: instancePath + "/distinct", schemaPath: "#/properties/distinct/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.min !== void 0) {
      let data8 = data.min;
      if (!(typeof data8 == "number" && isFinite(data8)) && typeof data8 !== "string" && data8 !== null) {
        const err14 = { instancePath: instancePath + "/min", schemaPath: "#/properties/min/type", keyword: "type", params: { type: schema116.properties.min.type }, message: "must be number,string,null" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.max !== void 0) {
      let data9 = data.max;
      if (!(typeof data9 == "number" && isFinite(data9)) && typeof data9 !== "string" && data9 !== null) {
        const err15 = { instancePath: instancePath + "/max", schemaPath: "#/properties/max/type", keyword: "type", params: { type: schema116.properties.max.type }, message: "must be number,string,null" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.mean !== void 0) {
      let data10 = data.mean;
      if (!(typeof data10 == "number" && isFinite(data10)) && data10 !== null) {
        const err16 = { instancePath: instancePath + "/mean", schemaPath: "#/properties/mean/type", keyword: "type", params: { type: schema116.properties.mean.type }, message: "must be number,null" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.std !== void 0) {
      let data11 = data.std;
      if (!(typeof data11 == "number" && isFinite(data11)) && data11 !== null) {
        const err17 = { instancePath: instancePath + "/std", schemaPath: "#/properties/std/type", keyword: "type", params: { type: schema116.properties.std.type }, message: "must be number,null" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.quantiles !== void 0) {
      let data12 = data.quantiles;
      if (Array.isArray(data12)) {
        const len1 = data12.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data13 = data12[i1];
          if (!(typeof data13 == "number" && isFinite(data13))) {
            const err18 = { instancePath: instancePath + "/quantiles/" + i1, schemaPath: "#/properties/quantiles/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
      } else {
        const err19 = { instancePath: instancePath + "/quantiles", schemaPath: "#/properties/quantiles/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.histogram !== void 0) {
      let data14 = data.histogram;
      if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
        if (data14.edges === void 0) {
          const err20 = { instancePath: instancePath + "/histogram", schemaPath: "#/properties/histogram/required", keyword: "required", params: { missingProperty: "edges" }, message: "must have required property 'edges'" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        if (data14.counts === void 0) {
          const err21 = { instancePath: instancePath + "/histogram", schemaPath: "#/properties/histogram/required", keyword: "required", params: { missingProperty: "counts" }, message: "must have required property 'counts'" };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
        for (const key1 in data14) {
          if (!(key1 === "edges" || key1 === "counts")) {
            const err22 = { instancePath: instancePath + "/histogram", schemaPath: "#/properties/histogram/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
        }
        if (data14.edges !== void 0) {
          let data15 = data14.edges;
          if (Array.isArray(data15)) {
            const len2 = data15.length;
            for (let i2 = 0; i2 < len2; i2++) {
              let data16 = data15[i2];
              if (!(typeof data16 == "number" && isFinite(data16))) {
                const err23 = { instancePath: instancePath + "/histogram/edges/" + i2, schemaPath: "#/properties/histogram/properties/edges/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
          } else {
            const err24 = { instancePath: instancePath + "/histogram/edges", schemaPath: "#/properties/histogram/properties/edges/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        if (data14.counts !== void 0) {
          let data17 = data14.counts;
          if (Array.isArray(data17)) {
            const len3 = data17.length;
            for (let i3 = 0; i3 < len3; i3++) {
              let data18 = data17[i3];
              if (!(typeof data18 == "number" && (!(data18 % 1) && !isNaN(data18)) && isFinite(data18))) {
                const err25 = { instancePath: instancePath + "/histogram/counts/" + i3, schemaPath: "#/properties/histogram/properties/counts/items/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
          } else {
            const err26 = { instancePath: instancePath + "/histogram/counts", schemaPath: "#/properties/histogram/properties/counts/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
      } else {
        const err27 = { instancePath: instancePath + "/histogram", schemaPath: "#/properties/histogram/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
    }
    if (data.categories !== void 0) {
      let data19 = data.categories;
      if (Array.isArray(data19)) {
        const len4 = data19.length;
        for (let i4 = 0; i4 < len4; i4++) {
          let data20 = data19[i4];
          if (data20 && typeof data20 == "object" && !Array.isArray(data20)) {
            if (data20.value === void 0) {
              const err28 = { instancePath: instancePath + "/categories/" + i4, schemaPath: "#/properties/categories/items/required", keyword: "required", params: { missingProperty: "value" }, message: "must have required property 'value'" };
              if (vErrors === null) {
                vErrors = [err28];
              } else {
                vErrors.push(err28);
              }
              errors++;
            }
            if (data20.count === void 0) {
              const err29 = { instancePath: instancePath + "/categories/" + i4, schemaPath: "#/properties/categories/items/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
            for (const key2 in data20) {
              if (!(key2 === "value" || key2 === "count")) {
                const err30 = { instancePath: instancePath + "/categories/" + i4, schemaPath: "#/properties/categories/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err30];
                } else {
                  vErrors.push(err30);
                }
                errors++;
              }
            }
            if (data20.value !== void 0) {
              let data21 = data20.value;
              if (typeof data21 !== "string" && !(typeof data21 == "number" && isFinite(data21)) && typeof data21 !== "boolean" && data21 !== null) {
                const err31 = { instancePath: instancePath + "/categories/" + i4 + "/value", schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
                if (vErrors === null) {
                  vErrors = [err31];
                } else {
                  vErrors.push(err31);
                }
                errors++;
              }
            }
            if (data20.count !== void 0) {
              let data22 = data20.count;
              if (!(typeof data22 == "number" && (!(data22 % 1) && !isNaN(data22)) && isFinite(data22))) {
                const err32 = { instancePath: instancePath + "/categories/" + i4 + "/count", schemaPath: "#/properties/categories/items/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err32];
                } else {
                  vErrors.push(err32);
                }
                errors++;
              }
            }
          } else {
            const err33 = { instancePath: instancePath + "/categories/" + i4, schemaPath: "#/properties/categories/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          }
        }
      } else {
        const err34 = { instancePath: instancePath + "/categories", schemaPath: "#/properties/categories/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
    }
  } else {
    const err35 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err35];
    } else {
      vErrors.push(err35);
    }
    errors++;
  }
  validate75.errors = vErrors;
  return errors === 0;
}
function validate74(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.columns === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "columns" }, message: "must have required property 'columns'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.splits === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "splits" }, message: "must have required property 'splits'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.features === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "features" }, message: "must have required property 'features'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema115.properties, key0)) {
        const err4 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err5 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.columns !== void 0) {
      let data1 = data.columns;
      if (Array.isArray(data1)) {
        const len0 = data1.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate75(data1[i0], { instancePath: instancePath + "/columns/" + i0, parentData: data1, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate75.errors : vErrors.concat(validate75.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/columns", schemaPath: "#/properties/columns/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.inputs !== void 0) {
      let data3 = data.inputs;
      if (Array.isArray(data3)) {
        const len1 = data3.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (typeof data3[i1] !== "string") {
            const err7 = { instancePath: instancePath + "/inputs/" + i1, schemaPath: "#/properties/inputs/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/inputs", schemaPath: "#/properties/inputs/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.target !== void 0) {
      let data5 = data.target;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        if (data5.column === void 0) {
          const err9 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/required", keyword: "required", params: { missingProperty: "column" }, message: "must have required property 'column'" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
        if (data5.task === void 0) {
          const err10 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/required", keyword: "required", params: { missingProperty: "task" }, message: "must have required property 'task'" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        for (const key1 in data5) {
          if (!(key1 === "column" || key1 === "task" || key1 === "classes")) {
            const err11 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        }
        if (data5.column !== void 0) {
          if (typeof data5.column !== "string") {
            const err12 = { instancePath: instancePath + "/target/column", schemaPath: "#/properties/target/properties/column/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
        if (data5.task !== void 0) {
          let data7 = data5.task;
          if (typeof data7 !== "string") {
            const err13 = { instancePath: instancePath + "/target/task", schemaPath: "common#/$defs/Task/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
          if (!(data7 === "binary" || data7 === "multiclass" || data7 === "regression")) {
            const err14 = { instancePath: instancePath + "/target/task", schemaPath: "common#/$defs/Task/enum", keyword: "enum", params: { allowedValues: schema21.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        if (data5.classes !== void 0) {
          let data8 = data5.classes;
          if (Array.isArray(data8)) {
            const len2 = data8.length;
            for (let i2 = 0; i2 < len2; i2++) {
              let data9 = data8[i2];
              if (typeof data9 !== "string" && !(typeof data9 == "number" && isFinite(data9)) && typeof data9 !== "boolean" && data9 !== null) {
                const err15 = { instancePath: instancePath + "/target/classes/" + i2, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
                if (vErrors === null) {
                  vErrors = [err15];
                } else {
                  vErrors.push(err15);
                }
                errors++;
              }
            }
          } else {
            const err16 = { instancePath: instancePath + "/target/classes", schemaPath: "#/properties/target/properties/classes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
      } else {
        const err17 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.splits !== void 0) {
      let data10 = data.splits;
      if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
        for (const key2 in data10) {
          let data11 = data10[key2];
          if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
            if (data11.rows === void 0) {
              const err18 = { instancePath: instancePath + "/splits/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/splits/additionalProperties/required", keyword: "required", params: { missingProperty: "rows" }, message: "must have required property 'rows'" };
              if (vErrors === null) {
                vErrors = [err18];
              } else {
                vErrors.push(err18);
              }
              errors++;
            }
            for (const key3 in data11) {
              if (!(key3 === "rows" || key3 === "classes")) {
                const err19 = { instancePath: instancePath + "/splits/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/splits/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
            }
            if (data11.rows !== void 0) {
              let data12 = data11.rows;
              if (!(typeof data12 == "number" && (!(data12 % 1) && !isNaN(data12)) && isFinite(data12))) {
                const err20 = { instancePath: instancePath + "/splits/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/rows", schemaPath: "#/properties/splits/additionalProperties/properties/rows/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
              if (typeof data12 == "number" && isFinite(data12)) {
                if (data12 < 0 || isNaN(data12)) {
                  const err21 = { instancePath: instancePath + "/splits/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/rows", schemaPath: "#/properties/splits/additionalProperties/properties/rows/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err21];
                  } else {
                    vErrors.push(err21);
                  }
                  errors++;
                }
              }
            }
            if (data11.classes !== void 0) {
              let data13 = data11.classes;
              if (Array.isArray(data13)) {
                const len3 = data13.length;
                for (let i3 = 0; i3 < len3; i3++) {
                  let data14 = data13[i3];
                  if (!(typeof data14 == "number" && (!(data14 % 1) && !isNaN(data14)) && isFinite(data14))) {
                    const err22 = { instancePath: instancePath + "/splits/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/classes/" + i3, schemaPath: "#/properties/splits/additionalProperties/properties/classes/items/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                    if (vErrors === null) {
                      vErrors = [err22];
                    } else {
                      vErrors.push(err22);
                    }
                    errors++;
                  }
                }
              } else {
                const err23 = { instancePath: instancePath + "/splits/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/classes", schemaPath: "#/properties/splits/additionalProperties/properties/classes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
          } else {
            const err24 = { instancePath: instancePath + "/splits/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/splits/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
      } else {
        const err25 = { instancePath: instancePath + "/splits", schemaPath: "#/properties/splits/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
    }
    if (data.rows !== void 0) {
      let data15 = data.rows;
      if (data15 && typeof data15 == "object" && !Array.isArray(data15)) {
        for (const key4 in data15) {
          if (!(key4 === "read" || key4 === "kept" || key4 === "steps")) {
            const err26 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
        if (data15.read !== void 0) {
          let data16 = data15.read;
          if (!(typeof data16 == "number" && (!(data16 % 1) && !isNaN(data16)) && isFinite(data16))) {
            const err27 = { instancePath: instancePath + "/rows/read", schemaPath: "#/properties/rows/properties/read/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (data15.kept !== void 0) {
          let data17 = data15.kept;
          if (!(typeof data17 == "number" && (!(data17 % 1) && !isNaN(data17)) && isFinite(data17))) {
            const err28 = { instancePath: instancePath + "/rows/kept", schemaPath: "#/properties/rows/properties/kept/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
        }
        if (data15.steps !== void 0) {
          let data18 = data15.steps;
          if (Array.isArray(data18)) {
            const len4 = data18.length;
            for (let i4 = 0; i4 < len4; i4++) {
              let data19 = data18[i4];
              if (data19 && typeof data19 == "object" && !Array.isArray(data19)) {
                if (data19.step === void 0) {
                  const err29 = { instancePath: instancePath + "/rows/steps/" + i4, schemaPath: "#/properties/rows/properties/steps/items/required", keyword: "required", params: { missingProperty: "step" }, message: "must have required property 'step'" };
                  if (vErrors === null) {
                    vErrors = [err29];
                  } else {
                    vErrors.push(err29);
                  }
                  errors++;
                }
                if (data19.removed === void 0) {
                  const err30 = { instancePath: instancePath + "/rows/steps/" + i4, schemaPath: "#/properties/rows/properties/steps/items/required", keyword: "required", params: { missingProperty: "removed" }, message: "must have required property 'removed'" };
                  if (vErrors === null) {
                    vErrors = [err30];
                  } else {
                    vErrors.push(err30);
                  }
                  errors++;
                }
                for (const key5 in data19) {
                  if (!(key5 === "step" || key5 === "removed")) {
                    const err31 = { instancePath: instancePath + "/rows/steps/" + i4, schemaPath: "#/properties/rows/properties/steps/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err31];
                    } else {
                      vErrors.push(err31);
                    }
                    errors++;
                  }
                }
                if (data19.step !== void 0) {
                  if (typeof data19.step !== "string") {
                    const err32 = { instancePath: instancePath + "/rows/steps/" + i4 + "/step", schemaPath: "#/properties/rows/properties/steps/items/properties/step/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err32];
                    } else {
                      vErrors.push(err32);
                    }
                    errors++;
                  }
                }
                if (data19.removed !== void 0) {
                  let data21 = data19.removed;
                  if (!(typeof data21 == "number" && (!(data21 % 1) && !isNaN(data21)) && isFinite(data21))) {
                    const err33 = { instancePath: instancePath + "/rows/steps/" + i4 + "/removed", schemaPath: "#/properties/rows/properties/steps/items/properties/removed/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                    if (vErrors === null) {
                      vErrors = [err33];
                    } else {
                      vErrors.push(err33);
                    }
                    errors++;
                  }
                }
              } else {
                const err34 = { instancePath: instancePath + "/rows/steps/" + i4, schemaPath: "#/properties/rows/properties/steps/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err34];
                } else {
                  vErrors.push(err34);
                }
                errors++;
              }
            }
          } else {
            const err35 = { instancePath: instancePath + "/rows/steps", schemaPath: "#/properties/rows/properties/steps/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
      } else {
        const err36 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data.features !== void 0) {
      let data22 = data.features;
      if (Array.isArray(data22)) {
        const len5 = data22.length;
        for (let i5 = 0; i5 < len5; i5++) {
          if (typeof data22[i5] !== "string") {
            const err37 = { instancePath: instancePath + "/features/" + i5, schemaPath: "#/properties/features/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
      } else {
        const err38 = { instancePath: instancePath + "/features", schemaPath: "#/properties/features/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err38];
        } else {
          vErrors.push(err38);
        }
        errors++;
      }
    }
    if (data.steps !== void 0) {
      let data24 = data.steps;
      if (Array.isArray(data24)) {
        const len6 = data24.length;
        for (let i6 = 0; i6 < len6; i6++) {
          let data25 = data24[i6];
          if (data25 && typeof data25 == "object" && !Array.isArray(data25)) {
          } else {
            const err39 = { instancePath: instancePath + "/steps/" + i6, schemaPath: "#/properties/steps/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err39];
            } else {
              vErrors.push(err39);
            }
            errors++;
          }
        }
      } else {
        const err40 = { instancePath: instancePath + "/steps", schemaPath: "#/properties/steps/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err40];
        } else {
          vErrors.push(err40);
        }
        errors++;
      }
    }
    if (data.expectations !== void 0) {
      let data26 = data.expectations;
      if (Array.isArray(data26)) {
        const len7 = data26.length;
        for (let i7 = 0; i7 < len7; i7++) {
          let data27 = data26[i7];
          if (data27 && typeof data27 == "object" && !Array.isArray(data27)) {
            if (data27.expectation === void 0) {
              const err41 = { instancePath: instancePath + "/expectations/" + i7, schemaPath: "#/properties/expectations/items/required", keyword: "required", params: { missingProperty: "expectation" }, message: "must have required property 'expectation'" };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
            if (data27.passed === void 0) {
              const err42 = { instancePath: instancePath + "/expectations/" + i7, schemaPath: "#/properties/expectations/items/required", keyword: "required", params: { missingProperty: "passed" }, message: "must have required property 'passed'" };
              if (vErrors === null) {
                vErrors = [err42];
              } else {
                vErrors.push(err42);
              }
              errors++;
            }
            if (data27.broken === void 0) {
              const err43 = { instancePath: instancePath + "/expectations/" + i7, schemaPath: "#/properties/expectations/items/required", keyword: "required", params: { missingProperty: "broken" }, message: "must have required property 'broken'" };
              if (vErrors === null) {
                vErrors = [err43];
              } else {
                vErrors.push(err43);
              }
              errors++;
            }
            for (const key6 in data27) {
              if (!(key6 === "expectation" || key6 === "passed" || key6 === "broken")) {
                const err44 = { instancePath: instancePath + "/expectations/" + i7, schemaPath: "#/properties/expectations/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err44];
                } else {
                  vErrors.push(err44);
                }
                errors++;
              }
            }
            if (data27.expectation !== void 0) {
              if (typeof data27.expectation !== "string") {
                const err45 = { instancePath: instancePath + "/expectations/" + i7 + "/expectation", schemaPath: "#/properties/expectations/items/properties/expectation/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err45];
                } else {
                  vErrors.push(err45);
                }
                errors++;
              }
            }
            if (data27.passed !== void 0) {
              if (typeof data27.passed !== "boolean") {
                const err46 = { instancePath: instancePath + "/expectations/" + i7 + "/passed", schemaPath: "#/properties/expectations/items/properties/passed/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                if (vErrors === null) {
                  vErrors = [err46];
                } else {
                  vErrors.push(err46);
                }
                errors++;
              }
            }
            if (data27.broken !== void 0) {
              let data30 = data27.broken;
              if (!(typeof data30 == "number" && (!(data30 % 1) && !isNaN(data30)) && isFinite(data30))) {
                const err47 = { instancePath: instancePath + "/expectations/" + i7 + "/broken", schemaPath: "#/properties/expectations/items/properties/broken/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err47];
                } else {
                  vErrors.push(err47);
                }
                errors++;
              }
            }
          } else {
            const err48 = { instancePath: instancePath + "/expectations/" + i7, schemaPath: "#/properties/expectations/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err48];
            } else {
              vErrors.push(err48);
            }
            errors++;
          }
        }
      } else {
        const err49 = { instancePath: instancePath + "/expectations", schemaPath: "#/properties/expectations/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err49];
        } else {
          vErrors.push(err49);
        }
        errors++;
      }
    }
  } else {
    const err50 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err50];
    } else {
      vErrors.push(err50);
    }
    errors++;
  }
  validate74.errors = vErrors;
  return errors === 0;
}
exports.validateModel = validate77;
var schema121 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "model", "title": "ModelInfo", "description": "`model.json` of a model folder. Beside it `model.onnx`: raw columns in (one input a column, [N, 1]; numbers and booleans float32 with NaN for missing, text string with empty for missing), and out `probabilities` [N, C] float32 for classification or `prediction` [N, 1] float32 for regression.", "type": "object", "additionalProperties": false, "required": ["format", "kind", "task", "inputs", "outputs", "servable"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "kind": { "type": "string", "description": "linear, boosted-trees, network or command." }, "task": { "$ref": "common#/$defs/Task" }, "target": { "type": "string", "description": "Name of the target column." }, "classes": { "type": "array", "items": { "$ref": "common#/$defs/Scalar" }, "description": "Classes in the order of `probabilities`; for a binary task [negative, positive]." }, "threshold": { "type": "number", "description": "Probability from which a two-class prediction is positive." }, "inputs": { "type": "array", "description": "Inputs of the served model in order.", "items": { "type": "object", "additionalProperties": false, "required": ["name", "type"], "description": "One raw column.", "properties": { "name": { "type": "string", "description": "Name of the column and of the graph's input." }, "type": { "$ref": "common#/$defs/ColumnType" }, "required": { "type": "boolean", "description": "Whether training saw no missing value in it." }, "min": { "type": "number", "description": "Smallest value in training." }, "max": { "type": "number", "description": "Largest value in training." }, "categories": { "type": "array", "items": { "$ref": "common#/$defs/Scalar" }, "description": "Values seen in training, where there are at most 100." }, "example": { "$ref": "common#/$defs/Scalar" } } } }, "outputs": { "type": "array", "description": "Outputs of the served model.", "items": { "type": "object", "additionalProperties": false, "required": ["name", "type", "shape"], "description": "One output.", "properties": { "name": { "type": "string", "description": "Name." }, "type": { "type": "string", "description": "Element type." }, "shape": { "type": "array", "items": { "type": ["integer", "string"] }, "description": "Shape, for example [N, 2]." } } } }, "features": { "type": "array", "items": { "type": "string" }, "description": "Names of the features inside." }, "parameters": { "type": "integer", "minimum": 0, "description": "Number of learnt parameters." }, "bytes": { "type": "integer", "minimum": 0, "description": "Size of model.onnx." }, "training": { "type": "object", "additionalProperties": true, "description": "How it was trained: rows, epochs or rounds done, best round, seconds, settings, device." }, "importance": { "type": "array", "description": "Importance of the features where the model gives one (sums to 1).", "items": { "type": "object", "additionalProperties": false, "required": ["feature", "importance"], "description": "One feature.", "properties": { "feature": { "type": "string", "description": "Feature." }, "importance": { "type": "number", "description": "Importance." } } } }, "metrics": { "type": "object", "additionalProperties": { "type": "number" }, "description": "Metrics measured so far." }, "data": { "$ref": "common#/$defs/Sha256" }, "servable": { "type": "boolean", "description": "Whether model.onnx is there and can be served." }, "optimized": { "type": "array", "items": { "type": "object", "additionalProperties": true, "description": "One optimisation." }, "description": "What was done to it since training." } } };
function validate77(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.kind === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.task === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "task" }, message: "must have required property 'task'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.inputs === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "inputs" }, message: "must have required property 'inputs'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.outputs === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "outputs" }, message: "must have required property 'outputs'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.servable === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "servable" }, message: "must have required property 'servable'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema121.properties, key0)) {
        const err6 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err7 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if (typeof data.kind !== "string") {
        const err8 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.task !== void 0) {
      let data2 = data.task;
      if (typeof data2 !== "string") {
        const err9 = { instancePath: instancePath + "/task", schemaPath: "common#/$defs/Task/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
      if (!(data2 === "binary" || data2 === "multiclass" || data2 === "regression")) {
        const err10 = { instancePath: instancePath + "/task", schemaPath: "common#/$defs/Task/enum", keyword: "enum", params: { allowedValues: schema21.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.target !== void 0) {
      if (typeof data.target !== "string") {
        const err11 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.classes !== void 0) {
      let data4 = data.classes;
      if (Array.isArray(data4)) {
        const len0 = data4.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data5 = data4[i0];
          if (typeof data5 !== "string" && !(typeof data5 == "number" && isFinite(data5)) && typeof data5 !== "boolean" && data5 !== null) {
            const err12 = { instancePath: instancePath + "/classes/" + i0, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
      } else {
        const err13 = { instancePath: instancePath + "/classes", schemaPath: "#/properties/classes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.threshold !== void 0) {
      let data6 = data.threshold;
      if (!(typeof data6 == "number" && isFinite(data6))) {
        const err14 = { instancePath: instancePath + "/threshold", schemaPath: "#/properties/threshold/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.inputs !== void 0) {
      let data7 = data.inputs;
      if (Array.isArray(data7)) {
        const len1 = data7.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data8 = data7[i1];
          if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
            if (data8.name === void 0) {
              const err15 = { instancePath: instancePath + "/inputs/" + i1, schemaPath: "#/properties/inputs/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
            if (data8.type === void 0) {
              const err16 = { instancePath: instancePath + "/inputs/" + i1, schemaPath: "#/properties/inputs/items/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
            for (const key1 in data8) {
              if (!(key1 === "name" || key1 === "type" || key1 === "required" || key1 === "min" || key1 === "max" || key1 === "categories" || key1 === "example")) {
                const err17 = { instancePath: instancePath + "/inputs/" + i1, schemaPath: "#/properties/inputs/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err17];
                } else {
                  vErrors.push(err17);
                }
                errors++;
              }
            }
            if (data8.name !== void 0) {
              if (typeof data8.name !== "string") {
                const err18 = { instancePath: instancePath + "/inputs/" + i1 + "/name", schemaPath: "#/properties/inputs/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            }
            if (data8.type !== void 0) {
              let data10 = data8.type;
              if (typeof data10 !== "string") {
                const err19 = { instancePath: instancePath + "/inputs/" + i1 + "/type", schemaPath: "common#/$defs/ColumnType/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
              if (!(data10 === "number" || data10 === "text" || data10 === "boolean" || data10 === "time")) {
                const err20 = { instancePath: instancePath + "/inputs/" + i1 + "/type", schemaPath: "common#/$defs/ColumnType/enum", keyword: "enum", params: { allowedValues: schema23.enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
            }
            if (data8.required !== void 0) {
              if (typeof data8.required !== "boolean") {
                const err21 = { instancePath: instancePath + "/inputs/" + i1 + "/required", schemaPath: "#/properties/inputs/items/properties/required/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
            }
            if (data8.min !== void 0) {
              let data12 = data8.min;
              if (!(typeof data12 == "number" && isFinite(data12))) {
                const err22 = { instancePath: instancePath + "/inputs/" + i1 + "/min", schemaPath: "#/properties/inputs/items/properties/min/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
            }
            if (data8.max !== void 0) {
              let data13 = data8.max;
              if (!(typeof data13 == "number" && isFinite(data13))) {
                const err23 = { instancePath: instancePath + "/inputs/" + i1 + "/max", schemaPath: "#/properties/inputs/items/properties/max/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
            if (data8.categories !== void 0) {
              let data14 = data8.categories;
              if (Array.isArray(data14)) {
                const len2 = data14.length;
                for (let i2 = 0; i2 < len2; i2++) {
                  let data15 = data14[i2];
                  if (typeof data15 !== "string" && !(typeof data15 == "number" && isFinite(data15)) && typeof data15 !== "boolean" && data15 !== null) {
                    const err24 = { instancePath: instancePath + "/inputs/" + i1 + "/categories/" + i2, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
                    if (vErrors === null) {
                      vErrors = [err24];
                    } else {
                      vErrors.push(err24);
                    }
                    errors++;
                  }
                }
              } else {
                const err25 = { instancePath: instancePath + "/inputs/" + i1 + "/categories", schemaPath: "#/properties/inputs/items/properties/categories/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
            if (data8.example !== void 0) {
              let data16 = data8.example;
              if (typeof data16 !== "string" && !(typeof data16 == "number" && isFinite(data16)) && typeof data16 !== "boolean" && data16 !== null) {
                const err26 = { instancePath: instancePath + "/inputs/" + i1 + "/example", schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
            }
          } else {
            const err27 = { instancePath: instancePath + "/inputs/" + i1, schemaPath: "#/properties/inputs/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
      } else {
        const err28 = { instancePath: instancePath + "/inputs", schemaPath: "#/properties/inputs/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
    }
    if (data.outputs !== void 0) {
      let data17 = data.outputs;
      if (Array.isArray(data17)) {
        const len3 = data17.length;
        for (let i3 = 0; i3 < len3; i3++) {
          let data18 = data17[i3];
          if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
            if (data18.name === void 0) {
              const err29 = { instancePath: instancePath + "/outputs/" + i3, schemaPath: "#/properties/outputs/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
            if (data18.type === void 0) {
              const err30 = { instancePath: instancePath + "/outputs/" + i3, schemaPath: "#/properties/outputs/items/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
              if (vErrors === null) {
                vErrors = [err30];
              } else {
                vErrors.push(err30);
              }
              errors++;
            }
            if (data18.shape === void 0) {
              const err31 = { instancePath: instancePath + "/outputs/" + i3, schemaPath: "#/properties/outputs/items/required", keyword: "required", params: { missingProperty: "shape" }, message: "must have required property 'shape'" };
              if (vErrors === null) {
                vErrors = [err31];
              } else {
                vErrors.push(err31);
              }
              errors++;
            }
            for (const key2 in data18) {
              if (!(key2 === "name" || key2 === "type" || key2 === "shape")) {
                const err32 = { instancePath: instancePath + "/outputs/" + i3, schemaPath: "#/properties/outputs/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err32];
                } else {
                  vErrors.push(err32);
                }
                errors++;
              }
            }
            if (data18.name !== void 0) {
              if (typeof data18.name !== "string") {
                const err33 = { instancePath: instancePath + "/outputs/" + i3 + "/name", schemaPath: "#/properties/outputs/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err33];
                } else {
                  vErrors.push(err33);
                }
                errors++;
              }
            }
            if (data18.type !== void 0) {
              if (typeof data18.type !== "string") {
                const err34 = { instancePath: instancePath + "/outputs/" + i3 + "/type", schemaPath: "#/properties/outputs/items/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err34];
                } else {
                  vErrors.push(err34);
                }
                errors++;
              }
            }
            if (data18.shape !== void 0) {
              let data21 = data18.shape;
              if (Array.isArray(data21)) {
                const len4 = data21.length;
                for (let i4 = 0; i4 < len4; i4++) {
                  let data22 = data21[i4];
                  if (!(typeof data22 == "number" && (!(data22 % 1) && !isNaN(data22)) && isFinite(data22)) && typeof data22 !== "string") {
                    const err35 = { instancePath: instancePath + "/outputs/" + i3 + "/shape/" + i4, schemaPath: "#/properties/outputs/items/properties/shape/items/type", keyword: "type", params: { type: schema121.properties.outputs.items.properties.shape.items.type }, message: "must be integer,string" };
                    if (vErrors === null) {
                      vErrors = [err35];
                    } else {
                      vErrors.push(err35);
                    }
                    errors++;
                  }
                }
              } else {
                const err36 = { instancePath: instancePath + "/outputs/" + i3 + "/shape", schemaPath: "#/properties/outputs/items/properties/shape/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err36];
                } else {
                  vErrors.push(err36);
                }
                errors++;
              }
            }
          } else {
            const err37 = { instancePath: instancePath + "/outputs/" + i3, schemaPath: "#/properties/outputs/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
      } else {
        const err38 = { instancePath: instancePath + "/outputs", schemaPath: "#/properties/outputs/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err38];
        } else {
          vErrors.push(err38);
        }
        errors++;
      }
    }
    if (data.features !== void 0) {
      let data23 = data.features;
      if (Array.isArray(data23)) {
        const len5 = data23.length;
        for (let i5 = 0; i5 < len5; i5++) {
          if (typeof data23[i5] !== "string") {
            const err39 = { instancePath: instancePath + "/features/" + i5, schemaPath: "#/properties/features/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err39];
            } else {
              vErrors.push(err39);
            }
            errors++;
          }
        }
      } else {
        const err40 = { instancePath: instancePath + "/features", schemaPath: "#/properties/features/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err40];
        } else {
          vErrors.push(err40);
        }
        errors++;
      }
    }
    if (data.parameters !== void 0) {
      let data25 = data.parameters;
      if (!(typeof data25 == "number" && (!(data25 % 1) && !isNaN(data25)) && isFinite(data25))) {
        const err41 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err41];
        } else {
          vErrors.push(err41);
        }
        errors++;
      }
      if (typeof data25 == "number" && isFinite(data25)) {
        if (data25 < 0 || isNaN(data25)) {
          const err42 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err42];
          } else {
            vErrors.push(err42);
          }
          errors++;
        }
      }
    }
    if (data.bytes !== void 0) {
      let data26 = data.bytes;
      if (!(typeof data26 == "number" && (!(data26 % 1) && !isNaN(data26)) && isFinite(data26))) {
        const err43 = { instancePath: instancePath + "/bytes", schemaPath: "#/properties/bytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err43];
        } else {
          vErrors.push(err43);
        }
        errors++;
      }
      if (typeof data26 == "number" && isFinite(data26)) {
        if (data26 < 0 || isNaN(data26)) {
          const err44 = { instancePath: instancePath + "/bytes", schemaPath: "#/properties/bytes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err44];
          } else {
            vErrors.push(err44);
          }
          errors++;
        }
      }
    }
    if (data.training !== void 0) {
      let data27 = data.training;
      if (data27 && typeof data27 == "object" && !Array.isArray(data27)) {
      } else {
        const err45 = { instancePath: instancePath + "/training", schemaPath: "#/properties/training/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err45];
        } else {
          vErrors.push(err45);
        }
        errors++;
      }
    }
    if (data.importance !== void 0) {
      let data28 = data.importance;
      if (Array.isArray(data28)) {
        const len6 = data28.length;
        for (let i6 = 0; i6 < len6; i6++) {
          let data29 = data28[i6];
          if (data29 && typeof data29 == "object" && !Array.isArray(data29)) {
            if (data29.feature === void 0) {
              const err46 = { instancePath: instancePath + "/importance/" + i6, schemaPath: "#/properties/importance/items/required", keyword: "required", params: { missingProperty: "feature" }, message: "must have required property 'feature'" };
              if (vErrors === null) {
                vErrors = [err46];
              } else {
                vErrors.push(err46);
              }
              errors++;
            }
            if (data29.importance === void 0) {
              const err47 = { instancePath: instancePath + "/importance/" + i6, schemaPath: "#/properties/importance/items/required", keyword: "required", params: { missingProperty: "importance" }, message: "must have required property 'importance'" };
              if (vErrors === null) {
                vErrors = [err47];
              } else {
                vErrors.push(err47);
              }
              errors++;
            }
            for (const key3 in data29) {
              if (!(key3 === "feature" || key3 === "importance")) {
                const err48 = { instancePath: instancePath + "/importance/" + i6, schemaPath: "#/properties/importance/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err48];
                } else {
                  vErrors.push(err48);
                }
                errors++;
              }
            }
            if (data29.feature !== void 0) {
              if (typeof data29.feature !== "string") {
                const err49 = { instancePath: instancePath + "/importance/" + i6 + "/feature", schemaPath: "#/properties/importance/items/properties/feature/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err49];
                } else {
                  vErrors.push(err49);
                }
                errors++;
              }
            }
            if (data29.importance !== void 0) {
              let data31 = data29.importance;
              if (!(typeof data31 == "number" && isFinite(data31))) {
                const err50 = { instancePath: instancePath + "/importance/" + i6 + "/importance", schemaPath: "#/properties/importance/items/properties/importance/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err50];
                } else {
                  vErrors.push(err50);
                }
                errors++;
              }
            }
          } else {
            const err51 = { instancePath: instancePath + "/importance/" + i6, schemaPath: "#/properties/importance/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err51];
            } else {
              vErrors.push(err51);
            }
            errors++;
          }
        }
      } else {
        const err52 = { instancePath: instancePath + "/importance", schemaPath: "#/properties/importance/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err52];
        } else {
          vErrors.push(err52);
        }
        errors++;
      }
    }
    if (data.metrics !== void 0) {
      let data32 = data.metrics;
      if (data32 && typeof data32 == "object" && !Array.isArray(data32)) {
        for (const key4 in data32) {
          let data33 = data32[key4];
          if (!(typeof data33 == "number" && isFinite(data33))) {
            const err53 = { instancePath: instancePath + "/metrics/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metrics/additionalProperties/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err53];
            } else {
              vErrors.push(err53);
            }
            errors++;
          }
        }
      } else {
        const err54 = { instancePath: instancePath + "/metrics", schemaPath: "#/properties/metrics/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err54];
        } else {
          vErrors.push(err54);
        }
        errors++;
      }
    }
    if (data.data !== void 0) {
      let data34 = data.data;
      if (typeof data34 === "string") {
        if (!pattern7.test(data34)) {
          const err55 = { instancePath: instancePath + "/data", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
          if (vErrors === null) {
            vErrors = [err55];
          } else {
            vErrors.push(err55);
          }
          errors++;
        }
      } else {
        const err56 = { instancePath: instancePath + "/data", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err56];
        } else {
          vErrors.push(err56);
        }
        errors++;
      }
    }
    if (data.servable !== void 0) {
      if (typeof data.servable !== "boolean") {
        const err57 = { instancePath: instancePath + "/servable", schemaPath: "#/properties/servable/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err57];
        } else {
          vErrors.push(err57);
        }
        errors++;
      }
    }
    if (data.optimized !== void 0) {
      let data36 = data.optimized;
      if (Array.isArray(data36)) {
        const len7 = data36.length;
        for (let i7 = 0; i7 < len7; i7++) {
          let data37 = data36[i7];
          if (data37 && typeof data37 == "object" && !Array.isArray(data37)) {
          } else {
            const err58 = { instancePath: instancePath + "/optimized/" + i7, schemaPath: "#/properties/optimized/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err58];
            } else {
              vErrors.push(err58);
            }
            errors++;
          }
        }
      } else {
        const err59 = { instancePath: instancePath + "/optimized", schemaPath: "#/properties/optimized/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err59];
        } else {
          vErrors.push(err59);
        }
        errors++;
      }
    }
  } else {
    const err60 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err60];
    } else {
      vErrors.push(err60);
    }
    errors++;
  }
  validate77.errors = vErrors;
  return errors === 0;
}
exports.validateTune = validate78;
var schema128 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "tune", "title": "TuneRecord", "description": "`tune.json` of a train stage with `tune`: what was searched, every trial, and the best. Nothing in it depends on the clock.", "type": "object", "additionalProperties": false, "required": ["format", "search", "pruning", "metric", "better", "seed", "parallel", "space", "trials"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "search": { "type": "string", "description": "How values were chosen." }, "pruning": { "type": "string", "description": "Rule by which trials were stopped." }, "metric": { "type": "string", "description": "Metric that trials were judged by." }, "better": { "type": "string", "enum": ["higher", "lower"], "description": "Which values are better." }, "folds": { "type": "integer", "description": "Parts of the cross-validation; without it the validation split judged." }, "seed": { "type": "integer", "description": "Seed of the search." }, "parallel": { "type": "integer", "description": "Trials at a time; the choice of values depends on it." }, "most": { "type": "integer", "description": "Steps (epochs, rounds or folds) of a whole trial, where it has such." }, "rungs": { "type": "array", "items": { "type": "integer" }, "description": "Steps after which trials were judged." }, "space": { "type": "array", "description": "What was varied.", "items": { "$ref": "#/$defs/TuneDimension" } }, "trials": { "type": "array", "description": "The trials in order of their beginning.", "items": { "$ref": "#/$defs/TuneTrial" } }, "best": { "type": "integer", "minimum": 1, "description": "Number of the best trial." }, "steps": { "type": "integer", "description": "Steps trained by all trials together." } }, "$defs": { "TuneDimension": { "type": "object", "additionalProperties": false, "required": ["path", "type"], "description": "One setting that was varied.", "properties": { "path": { "type": "string", "description": "Place in the stage." }, "type": { "type": "string", "enum": ["number", "integer", "choice"], "description": "Kind of its values." }, "low": { "type": "number", "description": "Lowest value." }, "high": { "type": "number", "description": "Highest value." }, "log": { "type": "boolean", "description": "Whether its scale is logarithmic." }, "values": { "type": "array", "items": { "$ref": "common#/$defs/Scalar" }, "description": "Values to choose from." }, "importance": { "type": "number", "description": "Share of the differences between trials that it explains; all sum to 1." } } }, "TuneTrial": { "type": "object", "additionalProperties": false, "required": ["trial", "state", "values"], "description": "One trial.", "properties": { "trial": { "type": "integer", "minimum": 1, "description": "Number, from 1." }, "state": { "type": "string", "enum": ["finished", "stopped", "failed"], "description": "How it ended; `stopped` by the pruning rule." }, "values": { "type": "object", "additionalProperties": { "$ref": "common#/$defs/Scalar" }, "description": "Its settings by place." }, "score": { "type": "number", "description": "Its metric: at its end, or where it was stopped." }, "steps": { "type": "integer", "description": "Steps that it trained." }, "readings": { "type": "array", "description": "What it was judged by: pairs of steps and value.", "items": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number", "description": "Steps, value." }, "description": "Steps and value." } }, "error": { "type": "string", "description": "Why it failed." } } } } };
var schema129 = { "type": "object", "additionalProperties": false, "required": ["path", "type"], "description": "One setting that was varied.", "properties": { "path": { "type": "string", "description": "Place in the stage." }, "type": { "type": "string", "enum": ["number", "integer", "choice"], "description": "Kind of its values." }, "low": { "type": "number", "description": "Lowest value." }, "high": { "type": "number", "description": "Highest value." }, "log": { "type": "boolean", "description": "Whether its scale is logarithmic." }, "values": { "type": "array", "items": { "$ref": "common#/$defs/Scalar" }, "description": "Values to choose from." }, "importance": { "type": "number", "description": "Share of the differences between trials that it explains; all sum to 1." } } };
function validate79(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.path === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "path" }, message: "must have required property 'path'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "path" || key0 === "type" || key0 === "low" || key0 === "high" || key0 === "log" || key0 === "values" || key0 === "importance")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.path !== void 0) {
      if (typeof data.path !== "string") {
        const err3 = { instancePath: instancePath + "/path", schemaPath: "#/properties/path/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      let data1 = data.type;
      if (typeof data1 !== "string") {
        const err4 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (!(data1 === "number" || data1 === "integer" || data1 === "choice")) {
        const err5 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/enum", keyword: "enum", params: { allowedValues: schema129.properties.type.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.low !== void 0) {
      let data2 = data.low;
      if (!(typeof data2 == "number" && isFinite(data2))) {
        const err6 = { instancePath: instancePath + "/low", schemaPath: "#/properties/low/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.high !== void 0) {
      let data3 = data.high;
      if (!(typeof data3 == "number" && isFinite(data3))) {
        const err7 = { instancePath: instancePath + "/high", schemaPath: "#/properties/high/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.log !== void 0) {
      if (typeof data.log !== "boolean") {
        const err8 = { instancePath: instancePath + "/log", schemaPath: "#/properties/log/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.values !== void 0) {
      let data5 = data.values;
      if (Array.isArray(data5)) {
        const len0 = data5.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data6 = data5[i0];
          if (typeof data6 !== "string" && !(typeof data6 == "number" && isFinite(data6)) && typeof data6 !== "boolean" && data6 !== null) {
            const err9 = { instancePath: instancePath + "/values/" + i0, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/values", schemaPath: "#/properties/values/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.importance !== void 0) {
      let data7 = data.importance;
      if (!(typeof data7 == "number" && isFinite(data7))) {
        const err11 = { instancePath: instancePath + "/importance", schemaPath: "#/properties/importance/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
  } else {
    const err12 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err12];
    } else {
      vErrors.push(err12);
    }
    errors++;
  }
  validate79.errors = vErrors;
  return errors === 0;
}
var schema131 = { "type": "object", "additionalProperties": false, "required": ["trial", "state", "values"], "description": "One trial.", "properties": { "trial": { "type": "integer", "minimum": 1, "description": "Number, from 1." }, "state": { "type": "string", "enum": ["finished", "stopped", "failed"], "description": "How it ended; `stopped` by the pruning rule." }, "values": { "type": "object", "additionalProperties": { "$ref": "common#/$defs/Scalar" }, "description": "Its settings by place." }, "score": { "type": "number", "description": "Its metric: at its end, or where it was stopped." }, "steps": { "type": "integer", "description": "Steps that it trained." }, "readings": { "type": "array", "description": "What it was judged by: pairs of steps and value.", "items": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number", "description": "Steps, value." }, "description": "Steps and value." } }, "error": { "type": "string", "description": "Why it failed." } } };
function validate81(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.trial === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "trial" }, message: "must have required property 'trial'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.state === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "state" }, message: "must have required property 'state'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.values === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "values" }, message: "must have required property 'values'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "trial" || key0 === "state" || key0 === "values" || key0 === "score" || key0 === "steps" || key0 === "readings" || key0 === "error")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.trial !== void 0) {
      let data0 = data.trial;
      if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
        const err4 = { instancePath: instancePath + "/trial", schemaPath: "#/properties/trial/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (typeof data0 == "number" && isFinite(data0)) {
        if (data0 < 1 || isNaN(data0)) {
          const err5 = { instancePath: instancePath + "/trial", schemaPath: "#/properties/trial/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      }
    }
    if (data.state !== void 0) {
      let data1 = data.state;
      if (typeof data1 !== "string") {
        const err6 = { instancePath: instancePath + "/state", schemaPath: "#/properties/state/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
      if (!(data1 === "finished" || data1 === "stopped" || data1 === "failed")) {
        const err7 = { instancePath: instancePath + "/state", schemaPath: "#/properties/state/enum", keyword: "enum", params: { allowedValues: schema131.properties.state.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.values !== void 0) {
      let data2 = data.values;
      if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
        for (const key1 in data2) {
          let data3 = data2[key1];
          if (typeof data3 !== "string" && !(typeof data3 == "number" && isFinite(data3)) && typeof data3 !== "boolean" && data3 !== null) {
            const err8 = { instancePath: instancePath + "/values/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
      } else {
        const err9 = { instancePath: instancePath + "/values", schemaPath: "#/properties/values/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.score !== void 0) {
      let data4 = data.score;
      if (!(typeof data4 == "number" && isFinite(data4))) {
        const err10 = { instancePath: instancePath + "/score", schemaPath: "#/properties/score/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.steps !== void 0) {
      let data5 = data.steps;
      if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
        const err11 = { instancePath: instancePath + "/steps", schemaPath: "#/properties/steps/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.readings !== void 0) {
      let data6 = data.readings;
      if (Array.isArray(data6)) {
        const len0 = data6.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data7 = data6[i0];
          if (Array.isArray(data7)) {
            if (data7.length > 2) {
              const err12 = { instancePath: instancePath + "/readings/" + i0, schemaPath: "#/properties/readings/items/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
              if (vErrors === null) {
                vErrors = [err12];
              } else {
                vErrors.push(err12);
              }
              errors++;
            }
            if (data7.length < 2) {
              const err13 = { instancePath: instancePath + "/readings/" + i0, schemaPath: "#/properties/readings/items/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
            const len1 = data7.length;
            for (let i1 = 0; i1 < len1; i1++) {
              let data8 = data7[i1];
              if (!(typeof data8 == "number" && isFinite(data8))) {
                const err14 = { instancePath: instancePath + "/readings/" + i0 + "/" + i1, schemaPath: "#/properties/readings/items/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err14];
                } else {
                  vErrors.push(err14);
                }
                errors++;
              }
            }
          } else {
            const err15 = { instancePath: instancePath + "/readings/" + i0, schemaPath: "#/properties/readings/items/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
      } else {
        const err16 = { instancePath: instancePath + "/readings", schemaPath: "#/properties/readings/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.error !== void 0) {
      if (typeof data.error !== "string") {
        const err17 = { instancePath: instancePath + "/error", schemaPath: "#/properties/error/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
  } else {
    const err18 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err18];
    } else {
      vErrors.push(err18);
    }
    errors++;
  }
  validate81.errors = vErrors;
  return errors === 0;
}
function validate78(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.search === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "search" }, message: "must have required property 'search'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.pruning === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "pruning" }, message: "must have required property 'pruning'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.metric === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "metric" }, message: "must have required property 'metric'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.better === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "better" }, message: "must have required property 'better'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.seed === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "seed" }, message: "must have required property 'seed'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.parallel === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "parallel" }, message: "must have required property 'parallel'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.space === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "space" }, message: "must have required property 'space'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    if (data.trials === void 0) {
      const err8 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "trials" }, message: "must have required property 'trials'" };
      if (vErrors === null) {
        vErrors = [err8];
      } else {
        vErrors.push(err8);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema128.properties, key0)) {
        const err9 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err10 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.search !== void 0) {
      if (typeof data.search !== "string") {
        const err11 = { instancePath: instancePath + "/search", schemaPath: "#/properties/search/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.pruning !== void 0) {
      if (typeof data.pruning !== "string") {
        const err12 = { instancePath: instancePath + "/pruning", schemaPath: "#/properties/pruning/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.metric !== void 0) {
      if (typeof data.metric !== "string") {
        const err13 = { instancePath: instancePath + "/metric", schemaPath: "#/properties/metric/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.better !== void 0) {
      let data4 = data.better;
      if (typeof data4 !== "string") {
        const err14 = { instancePath: instancePath + "/better", schemaPath: "#/properties/better/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
      if (!(data4 === "higher" || data4 === "lower")) {
        const err15 = { instancePath: instancePath + "/better", schemaPath: "#/properties/better/enum", keyword: "enum", params: { allowedValues: schema128.properties.better.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.folds !== void 0) {
      let data5 = data.folds;
      if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
        const err16 = { instancePath: instancePath + "/folds", schemaPath: "#/properties/folds/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.seed !== void 0) {
      let data6 = data.seed;
      if (!(typeof data6 == "number" && (!(data6 % 1) && !isNaN(data6)) && isFinite(data6))) {
        const err17 = { instancePath: instancePath + "/seed", schemaPath: "#/properties/seed/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.parallel !== void 0) {
      let data7 = data.parallel;
      if (!(typeof data7 == "number" && (!(data7 % 1) && !isNaN(data7)) && isFinite(data7))) {
        const err18 = { instancePath: instancePath + "/parallel", schemaPath: "#/properties/parallel/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.most !== void 0) {
      let data8 = data.most;
      if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
        const err19 = { instancePath: instancePath + "/most", schemaPath: "#/properties/most/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.rungs !== void 0) {
      let data9 = data.rungs;
      if (Array.isArray(data9)) {
        const len0 = data9.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data10 = data9[i0];
          if (!(typeof data10 == "number" && (!(data10 % 1) && !isNaN(data10)) && isFinite(data10))) {
            const err20 = { instancePath: instancePath + "/rungs/" + i0, schemaPath: "#/properties/rungs/items/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
        }
      } else {
        const err21 = { instancePath: instancePath + "/rungs", schemaPath: "#/properties/rungs/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.space !== void 0) {
      let data11 = data.space;
      if (Array.isArray(data11)) {
        const len1 = data11.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (!validate79(data11[i1], { instancePath: instancePath + "/space/" + i1, parentData: data11, parentDataProperty: i1, rootData })) {
            vErrors = vErrors === null ? validate79.errors : vErrors.concat(validate79.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err22 = { instancePath: instancePath + "/space", schemaPath: "#/properties/space/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
    if (data.trials !== void 0) {
      let data13 = data.trials;
      if (Array.isArray(data13)) {
        const len2 = data13.length;
        for (let i2 = 0; i2 < len2; i2++) {
          if (!validate81(data13[i2], { instancePath: instancePath + "/trials/" + i2, parentData: data13, parentDataProperty: i2, rootData })) {
            vErrors = vErrors === null ? validate81.errors : vErrors.concat(validate81.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err23 = { instancePath: instancePath + "/trials", schemaPath: "#/properties/trials/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err23];
        } else {
          vErrors.push(err23);
        }
        errors++;
      }
    }
    if (data.best !== void 0) {
      let data15 = data.best;
      if (!(typeof data15 == "number" && (!(data15 % 1) && !isNaN(data15)) && isFinite(data15))) {
        const err24 = { instancePath: instancePath + "/best", schemaPath: "#/properties/best/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
      if (typeof data15 == "number" && isFinite(data15)) {
        if (data15 < 1 || isNaN(data15)) {
          const err25 = { instancePath: instancePath + "/best", schemaPath: "#/properties/best/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
      }
    }
    if (data.steps !== void 0) {
      let data16 = data.steps;
      if (!(typeof data16 == "number" && (!(data16 % 1) && !isNaN(data16)) && isFinite(data16))) {
        const err26 = { instancePath: instancePath + "/steps", schemaPath: "#/properties/steps/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err26];
        } else {
          vErrors.push(err26);
        }
        errors++;
      }
    }
  } else {
    const err27 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err27];
    } else {
      vErrors.push(err27);
    }
    errors++;
  }
  validate78.errors = vErrors;
  return errors === 0;
}
exports.validateEvaluation = validate83;
var schema133 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "evaluation", "title": "Evaluation", "description": "`evaluation.json` of an evaluate stage's artifact. Beside it the folder `best` with the chosen model.", "type": "object", "additionalProperties": false, "required": ["format", "task", "best", "chosen-by", "candidates", "gates"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "task": { "$ref": "common#/$defs/Task" }, "classes": { "type": "array", "items": { "$ref": "common#/$defs/Scalar" }, "description": "Classes in order." }, "best": { "type": "string", "description": "Name of the chosen candidate." }, "chosen-by": { "type": "object", "additionalProperties": false, "required": ["metric", "split"], "description": "How it was chosen.", "properties": { "metric": { "type": "string", "description": "Metric." }, "split": { "type": "string", "description": "Split." } } }, "threshold": { "type": "number", "description": "Probability from which a prediction is positive." }, "candidates": { "type": "array", "description": "What was measured of each candidate.", "items": { "type": "object", "additionalProperties": false, "required": ["name", "kind", "splits"], "description": "One candidate.", "properties": { "name": { "type": "string", "description": "Name of the stage." }, "kind": { "type": "string", "description": "Kind of the model." }, "bytes": { "type": "integer", "description": "Size of model.onnx." }, "splits": { "type": "object", "additionalProperties": { "$ref": "#/$defs/SplitEvaluation" }, "description": "Measurements by split: validation for every candidate, test for the best only." } } } }, "gates": { "type": "array", "description": "Requirements and how they came out.", "items": { "type": "object", "additionalProperties": false, "required": ["metric", "value", "passed", "bound"], "description": "One requirement.", "properties": { "metric": { "type": "string", "description": "Metric." }, "value": { "type": ["number", "null"], "description": "Measured value." }, "bound": { "type": "string", "description": "The bound, for example `>= 0.82`." }, "passed": { "type": "boolean", "description": "Whether it holds." } } } }, "fairness": { "type": "array", "items": { "$ref": "#/$defs/FairnessReport" }, "description": "Groups of each protected attribute on the test split." }, "looks-at-test": { "type": "integer", "minimum": 1, "description": "How many different models this stage has judged on this test split, this one included. Judging the same model again is no new look, so a repeated run gives the same number." } }, "$defs": { "SplitEvaluation": { "type": "object", "additionalProperties": false, "required": ["rows", "metrics"], "description": "One split.", "properties": { "rows": { "type": "integer", "description": "Rows." }, "metrics": { "type": "object", "additionalProperties": { "type": "number" }, "description": "Metrics by name." }, "intervals": { "type": "object", "additionalProperties": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number" } }, "description": "95 % intervals by metric." }, "confusion": { "type": "array", "items": { "type": "array", "items": { "type": "integer" } }, "description": "Confusion matrix, true class by row." }, "roc": { "$ref": "#/$defs/Curve" }, "pr": { "$ref": "#/$defs/Curve" }, "calibration": { "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["predicted", "observed", "count"], "description": "One bin.", "properties": { "predicted": { "type": "number", "description": "Mean probability." }, "observed": { "type": "number", "description": "Share of positives." }, "count": { "type": "integer", "description": "Rows." } } }, "description": "Calibration bins." }, "residuals": { "type": "object", "additionalProperties": false, "required": ["edges", "counts"], "description": "Histogram of prediction minus truth.", "properties": { "edges": { "type": "array", "items": { "type": "number" }, "description": "Edges." }, "counts": { "type": "array", "items": { "type": "integer" }, "description": "Counts." } } } } }, "Curve": { "type": "object", "additionalProperties": false, "required": ["x", "y", "thresholds"], "description": "A curve of at most 200 points: false and true positive rate, or recall and precision.", "properties": { "x": { "type": "array", "items": { "type": "number" }, "description": "Values along x." }, "y": { "type": "array", "items": { "type": "number" }, "description": "Values along y." }, "thresholds": { "type": "array", "items": { "type": ["number", "null"] }, "description": "Threshold at each point." } } }, "FairnessReport": { "type": "object", "additionalProperties": false, "required": ["attribute", "groups", "gaps"], "description": "One protected attribute.", "properties": { "attribute": { "type": "string", "description": "Column." }, "groups": { "type": "array", "description": "The groups.", "items": { "type": "object", "additionalProperties": false, "required": ["group", "rows", "metrics"], "description": "One group.", "properties": { "group": { "type": "string", "description": "Value." }, "rows": { "type": "integer", "description": "Rows." }, "metrics": { "type": "object", "additionalProperties": { "type": ["number", "null"] }, "description": "Two classes: selection-rate, true-positive-rate, false-positive-rate, precision, accuracy. More classes: accuracy. Regression: mae, mean-error." }, "intervals": { "type": "object", "additionalProperties": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number" } }, "description": "95 % Wilson intervals." }, "note": { "type": "string", "description": "For example that the group is small." } } } }, "gaps": { "type": "object", "additionalProperties": { "type": ["number", "null"] }, "description": "Two classes: demographic-parity-difference, demographic-parity-ratio, equalized-odds-difference, equal-opportunity-difference. Else the difference of each rate between groups, for example `accuracy-difference`." } } } } };
var schema139 = { "type": "object", "additionalProperties": false, "required": ["attribute", "groups", "gaps"], "description": "One protected attribute.", "properties": { "attribute": { "type": "string", "description": "Column." }, "groups": { "type": "array", "description": "The groups.", "items": { "type": "object", "additionalProperties": false, "required": ["group", "rows", "metrics"], "description": "One group.", "properties": { "group": { "type": "string", "description": "Value." }, "rows": { "type": "integer", "description": "Rows." }, "metrics": { "type": "object", "additionalProperties": { "type": ["number", "null"] }, "description": "Two classes: selection-rate, true-positive-rate, false-positive-rate, precision, accuracy. More classes: accuracy. Regression: mae, mean-error." }, "intervals": { "type": "object", "additionalProperties": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "number" } }, "description": "95 % Wilson intervals." }, "note": { "type": "string", "description": "For example that the group is small." } } } }, "gaps": { "type": "object", "additionalProperties": { "type": ["number", "null"] }, "description": "Two classes: demographic-parity-difference, demographic-parity-ratio, equalized-odds-difference, equal-opportunity-difference. Else the difference of each rate between groups, for example `accuracy-difference`." } } };
var schema137 = { "type": "object", "additionalProperties": false, "required": ["x", "y", "thresholds"], "description": "A curve of at most 200 points: false and true positive rate, or recall and precision.", "properties": { "x": { "type": "array", "items": { "type": "number" }, "description": "Values along x." }, "y": { "type": "array", "items": { "type": "number" }, "description": "Values along y." }, "thresholds": { "type": "array", "items": { "type": ["number", "null"] }, "description": "Threshold at each point." } } };
function validate84(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.rows === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "rows" }, message: "must have required property 'rows'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.metrics === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "metrics" }, message: "must have required property 'metrics'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "rows" || key0 === "metrics" || key0 === "intervals" || key0 === "confusion" || key0 === "roc" || key0 === "pr" || key0 === "calibration" || key0 === "residuals")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.rows !== void 0) {
      let data0 = data.rows;
      if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
        const err3 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.metrics !== void 0) {
      let data1 = data.metrics;
      if (data1 && typeof data1 == "object" && !Array.isArray(data1)) {
        for (const key1 in data1) {
          let data2 = data1[key1];
          if (!(typeof data2 == "number" && isFinite(data2))) {
            const err4 = { instancePath: instancePath + "/metrics/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metrics/additionalProperties/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
      } else {
        const err5 = { instancePath: instancePath + "/metrics", schemaPath: "#/properties/metrics/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.intervals !== void 0) {
      let data3 = data.intervals;
      if (data3 && typeof data3 == "object" && !Array.isArray(data3)) {
        for (const key2 in data3) {
          let data4 = data3[key2];
          if (Array.isArray(data4)) {
            if (data4.length > 2) {
              const err6 = { instancePath: instancePath + "/intervals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/intervals/additionalProperties/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
            if (data4.length < 2) {
              const err7 = { instancePath: instancePath + "/intervals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/intervals/additionalProperties/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
            const len0 = data4.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data5 = data4[i0];
              if (!(typeof data5 == "number" && isFinite(data5))) {
                const err8 = { instancePath: instancePath + "/intervals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/" + i0, schemaPath: "#/properties/intervals/additionalProperties/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
              }
            }
          } else {
            const err9 = { instancePath: instancePath + "/intervals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/intervals/additionalProperties/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/intervals", schemaPath: "#/properties/intervals/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.confusion !== void 0) {
      let data6 = data.confusion;
      if (Array.isArray(data6)) {
        const len1 = data6.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data7 = data6[i1];
          if (Array.isArray(data7)) {
            const len2 = data7.length;
            for (let i2 = 0; i2 < len2; i2++) {
              let data8 = data7[i2];
              if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
                const err11 = { instancePath: instancePath + "/confusion/" + i1 + "/" + i2, schemaPath: "#/properties/confusion/items/items/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err11];
                } else {
                  vErrors.push(err11);
                }
                errors++;
              }
            }
          } else {
            const err12 = { instancePath: instancePath + "/confusion/" + i1, schemaPath: "#/properties/confusion/items/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
      } else {
        const err13 = { instancePath: instancePath + "/confusion", schemaPath: "#/properties/confusion/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.roc !== void 0) {
      let data9 = data.roc;
      if (data9 && typeof data9 == "object" && !Array.isArray(data9)) {
        if (data9.x === void 0) {
          const err14 = { instancePath: instancePath + "/roc", schemaPath: "#/$defs/Curve/required", keyword: "required", params: { missingProperty: "x" }, message: "must have required property 'x'" };
          if (vErrors === null) {
            vErrors = [err14];
          } else {
            vErrors.push(err14);
          }
          errors++;
        }
        if (data9.y === void 0) {
          const err15 = { instancePath: instancePath + "/roc", schemaPath: "#/$defs/Curve/required", keyword: "required", params: { missingProperty: "y" }, message: "must have required property 'y'" };
          if (vErrors === null) {
            vErrors = [err15];
          } else {
            vErrors.push(err15);
          }
          errors++;
        }
        if (data9.thresholds === void 0) {
          const err16 = { instancePath: instancePath + "/roc", schemaPath: "#/$defs/Curve/required", keyword: "required", params: { missingProperty: "thresholds" }, message: "must have required property 'thresholds'" };
          if (vErrors === null) {
            vErrors = [err16];
          } else {
            vErrors.push(err16);
          }
          errors++;
        }
        for (const key3 in data9) {
          if (!(key3 === "x" || key3 === "y" || key3 === "thresholds")) {
            const err17 = { instancePath: instancePath + "/roc", schemaPath: "#/$defs/Curve/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
        if (data9.x !== void 0) {
          let data10 = data9.x;
          if (Array.isArray(data10)) {
            const len3 = data10.length;
            for (let i3 = 0; i3 < len3; i3++) {
              let data11 = data10[i3];
              if (!(typeof data11 == "number" && isFinite(data11))) {
                const err18 = { instancePath: instancePath + "/roc/x/" + i3, schemaPath: "#/$defs/Curve/properties/x/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            }
          } else {
            const err19 = { instancePath: instancePath + "/roc/x", schemaPath: "#/$defs/Curve/properties/x/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
        }
        if (data9.y !== void 0) {
          let data12 = data9.y;
          if (Array.isArray(data12)) {
            const len4 = data12.length;
            for (let i4 = 0; i4 < len4; i4++) {
              let data13 = data12[i4];
              if (!(typeof data13 == "number" && isFinite(data13))) {
                const err20 = { instancePath: instancePath + "/roc/y/" + i4, schemaPath: "#/$defs/Curve/properties/y/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
            }
          } else {
            const err21 = { instancePath: instancePath + "/roc/y", schemaPath: "#/$defs/Curve/properties/y/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
        if (data9.thresholds !== void 0) {
          let data14 = data9.thresholds;
          if (Array.isArray(data14)) {
            const len5 = data14.length;
            for (let i5 = 0; i5 < len5; i5++) {
              let data15 = data14[i5];
              if (!(typeof data15 == "number" && isFinite(data15)) && data15 !== null) {
                const err22 = { instancePath: instancePath + "/roc/thresholds/" + i5, schemaPath: "#/$defs/Curve/properties/thresholds/items/type", keyword: "type", params: { type: schema137.properties.thresholds.items.type }, message: "must be number,null" };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
            }
          } else {
            const err23 = { instancePath: instancePath + "/roc/thresholds", schemaPath: "#/$defs/Curve/properties/thresholds/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
        }
      } else {
        const err24 = { instancePath: instancePath + "/roc", schemaPath: "#/$defs/Curve/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
    if (data.pr !== void 0) {
      let data16 = data.pr;
      if (data16 && typeof data16 == "object" && !Array.isArray(data16)) {
        if (data16.x === void 0) {
          const err25 = { instancePath: instancePath + "/pr", schemaPath: "#/$defs/Curve/required", keyword: "required", params: { missingProperty: "x" }, message: "must have required property 'x'" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
        if (data16.y === void 0) {
          const err26 = { instancePath: instancePath + "/pr", schemaPath: "#/$defs/Curve/required", keyword: "required", params: { missingProperty: "y" }, message: "must have required property 'y'" };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
        if (data16.thresholds === void 0) {
          const err27 = { instancePath: instancePath + "/pr", schemaPath: "#/$defs/Curve/required", keyword: "required", params: { missingProperty: "thresholds" }, message: "must have required property 'thresholds'" };
          if (vErrors === null) {
            vErrors = [err27];
          } else {
            vErrors.push(err27);
          }
          errors++;
        }
        for (const key4 in data16) {
          if (!(key4 === "x" || key4 === "y" || key4 === "thresholds")) {
            const err28 = { instancePath: instancePath + "/pr", schemaPath: "#/$defs/Curve/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
        }
        if (data16.x !== void 0) {
          let data17 = data16.x;
          if (Array.isArray(data17)) {
            const len6 = data17.length;
            for (let i6 = 0; i6 < len6; i6++) {
              let data18 = data17[i6];
              if (!(typeof data18 == "number" && isFinite(data18))) {
                const err29 = { instancePath: instancePath + "/pr/x/" + i6, schemaPath: "#/$defs/Curve/properties/x/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
            }
          } else {
            const err30 = { instancePath: instancePath + "/pr/x", schemaPath: "#/$defs/Curve/properties/x/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
        if (data16.y !== void 0) {
          let data19 = data16.y;
          if (Array.isArray(data19)) {
            const len7 = data19.length;
            for (let i7 = 0; i7 < len7; i7++) {
              let data20 = data19[i7];
              if (!(typeof data20 == "number" && isFinite(data20))) {
                const err31 = { instancePath: instancePath + "/pr/y/" + i7, schemaPath: "#/$defs/Curve/properties/y/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err31];
                } else {
                  vErrors.push(err31);
                }
                errors++;
              }
            }
          } else {
            const err32 = { instancePath: instancePath + "/pr/y", schemaPath: "#/$defs/Curve/properties/y/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
        }
        if (data16.thresholds !== void 0) {
          let data21 = data16.thresholds;
          if (Array.isArray(data21)) {
            const len8 = data21.length;
            for (let i8 = 0; i8 < len8; i8++) {
              let data22 = data21[i8];
              if (!(typeof data22 == "number" && isFinite(data22)) && data22 !== null) {
                const err33 = { instancePath: instancePath + "/pr/thresholds/" + i8, schemaPath: "#/$defs/Curve/properties/thresholds/items/type", keyword: "type", params: { type: schema137.properties.thresholds.items.type }, message: "must be number,null" };
                if (vErrors === null) {
                  vErrors = [err33];
                } else {
                  vErrors.push(err33);
                }
                errors++;
              }
            }
          } else {
            const err34 = { instancePath: instancePath + "/pr/thresholds", schemaPath: "#/$defs/Curve/properties/thresholds/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err34];
            } else {
              vErrors.push(err34);
            }
            errors++;
          }
        }
      } else {
        const err35 = { instancePath: instancePath + "/pr", schemaPath: "#/$defs/Curve/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err35];
        } else {
          vErrors.push(err35);
        }
        errors++;
      }
    }
    if (data.calibration !== void 0) {
      let data23 = data.calibration;
      if (Array.isArray(data23)) {
        const len9 = data23.length;
        for (let i9 = 0; i9 < len9; i9++) {
          let data24 = data23[i9];
          if (data24 && typeof data24 == "object" && !Array.isArray(data24)) {
            if (data24.predicted === void 0) {
              const err36 = { instancePath: instancePath + "/calibration/" + i9, schemaPath: "#/properties/calibration/items/required", keyword: "required", params: { missingProperty: "predicted" }, message: "must have required property 'predicted'" };
              if (vErrors === null) {
                vErrors = [err36];
              } else {
                vErrors.push(err36);
              }
              errors++;
            }
            if (data24.observed === void 0) {
              const err37 = { instancePath: instancePath + "/calibration/" + i9, schemaPath: "#/properties/calibration/items/required", keyword: "required", params: { missingProperty: "observed" }, message: "must have required property 'observed'" };
              if (vErrors === null) {
                vErrors = [err37];
              } else {
                vErrors.push(err37);
              }
              errors++;
            }
            if (data24.count === void 0) {
              const err38 = { instancePath: instancePath + "/calibration/" + i9, schemaPath: "#/properties/calibration/items/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
              if (vErrors === null) {
                vErrors = [err38];
              } else {
                vErrors.push(err38);
              }
              errors++;
            }
            for (const key5 in data24) {
              if (!(key5 === "predicted" || key5 === "observed" || key5 === "count")) {
                const err39 = { instancePath: instancePath + "/calibration/" + i9, schemaPath: "#/properties/calibration/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err39];
                } else {
                  vErrors.push(err39);
                }
                errors++;
              }
            }
            if (data24.predicted !== void 0) {
              let data25 = data24.predicted;
              if (!(typeof data25 == "number" && isFinite(data25))) {
                const err40 = { instancePath: instancePath + "/calibration/" + i9 + "/predicted", schemaPath: "#/properties/calibration/items/properties/predicted/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err40];
                } else {
                  vErrors.push(err40);
                }
                errors++;
              }
            }
            if (data24.observed !== void 0) {
              let data26 = data24.observed;
              if (!(typeof data26 == "number" && isFinite(data26))) {
                const err41 = { instancePath: instancePath + "/calibration/" + i9 + "/observed", schemaPath: "#/properties/calibration/items/properties/observed/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err41];
                } else {
                  vErrors.push(err41);
                }
                errors++;
              }
            }
            if (data24.count !== void 0) {
              let data27 = data24.count;
              if (!(typeof data27 == "number" && (!(data27 % 1) && !isNaN(data27)) && isFinite(data27))) {
                const err42 = { instancePath: instancePath + "/calibration/" + i9 + "/count", schemaPath: "#/properties/calibration/items/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err42];
                } else {
                  vErrors.push(err42);
                }
                errors++;
              }
            }
          } else {
            const err43 = { instancePath: instancePath + "/calibration/" + i9, schemaPath: "#/properties/calibration/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err43];
            } else {
              vErrors.push(err43);
            }
            errors++;
          }
        }
      } else {
        const err44 = { instancePath: instancePath + "/calibration", schemaPath: "#/properties/calibration/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err44];
        } else {
          vErrors.push(err44);
        }
        errors++;
      }
    }
    if (data.residuals !== void 0) {
      let data28 = data.residuals;
      if (data28 && typeof data28 == "object" && !Array.isArray(data28)) {
        if (data28.edges === void 0) {
          const err45 = { instancePath: instancePath + "/residuals", schemaPath: "#/properties/residuals/required", keyword: "required", params: { missingProperty: "edges" }, message: "must have required property 'edges'" };
          if (vErrors === null) {
            vErrors = [err45];
          } else {
            vErrors.push(err45);
          }
          errors++;
        }
        if (data28.counts === void 0) {
          const err46 = { instancePath: instancePath + "/residuals", schemaPath: "#/properties/residuals/required", keyword: "required", params: { missingProperty: "counts" }, message: "must have required property 'counts'" };
          if (vErrors === null) {
            vErrors = [err46];
          } else {
            vErrors.push(err46);
          }
          errors++;
        }
        for (const key6 in data28) {
          if (!(key6 === "edges" || key6 === "counts")) {
            const err47 = { instancePath: instancePath + "/residuals", schemaPath: "#/properties/residuals/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err47];
            } else {
              vErrors.push(err47);
            }
            errors++;
          }
        }
        if (data28.edges !== void 0) {
          let data29 = data28.edges;
          if (Array.isArray(data29)) {
            const len10 = data29.length;
            for (let i10 = 0; i10 < len10; i10++) {
              let data30 = data29[i10];
              if (!(typeof data30 == "number" && isFinite(data30))) {
                const err48 = { instancePath: instancePath + "/residuals/edges/" + i10, schemaPath: "#/properties/residuals/properties/edges/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err48];
                } else {
                  vErrors.push(err48);
                }
                errors++;
              }
            }
          } else {
            const err49 = { instancePath: instancePath + "/residuals/edges", schemaPath: "#/properties/residuals/properties/edges/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err49];
            } else {
              vErrors.push(err49);
            }
            errors++;
          }
        }
        if (data28.counts !== void 0) {
          let data31 = data28.counts;
          if (Array.isArray(data31)) {
            const len11 = data31.length;
            for (let i11 = 0; i11 < len11; i11++) {
              let data32 = data31[i11];
              if (!(typeof data32 == "number" && (!(data32 % 1) && !isNaN(data32)) && isFinite(data32))) {
                const err50 = { instancePath: instancePath + "/residuals/counts/" + i11, schemaPath: "#/properties/residuals/properties/counts/items/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err50];
                } else {
                  vErrors.push(err50);
                }
                errors++;
              }
            }
          } else {
            const err51 = { instancePath: instancePath + "/residuals/counts", schemaPath: "#/properties/residuals/properties/counts/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err51];
            } else {
              vErrors.push(err51);
            }
            errors++;
          }
        }
      } else {
        const err52 = { instancePath: instancePath + "/residuals", schemaPath: "#/properties/residuals/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err52];
        } else {
          vErrors.push(err52);
        }
        errors++;
      }
    }
  } else {
    const err53 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err53];
    } else {
      vErrors.push(err53);
    }
    errors++;
  }
  validate84.errors = vErrors;
  return errors === 0;
}
function validate83(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.task === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "task" }, message: "must have required property 'task'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.best === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "best" }, message: "must have required property 'best'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data["chosen-by"] === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "chosen-by" }, message: "must have required property 'chosen-by'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.candidates === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "candidates" }, message: "must have required property 'candidates'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.gates === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "gates" }, message: "must have required property 'gates'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema133.properties, key0)) {
        const err6 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err7 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.task !== void 0) {
      let data1 = data.task;
      if (typeof data1 !== "string") {
        const err8 = { instancePath: instancePath + "/task", schemaPath: "common#/$defs/Task/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
      if (!(data1 === "binary" || data1 === "multiclass" || data1 === "regression")) {
        const err9 = { instancePath: instancePath + "/task", schemaPath: "common#/$defs/Task/enum", keyword: "enum", params: { allowedValues: schema21.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.classes !== void 0) {
      let data2 = data.classes;
      if (Array.isArray(data2)) {
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (typeof data3 !== "string" && !(typeof data3 == "number" && isFinite(data3)) && typeof data3 !== "boolean" && data3 !== null) {
            const err10 = { instancePath: instancePath + "/classes/" + i0, schemaPath: "common#/$defs/Scalar/type", keyword: "type", params: { type: schema13.type }, message: "must be string,number,boolean,null" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/classes", schemaPath: "#/properties/classes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.best !== void 0) {
      if (typeof data.best !== "string") {
        const err12 = { instancePath: instancePath + "/best", schemaPath: "#/properties/best/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data["chosen-by"] !== void 0) {
      let data5 = data["chosen-by"];
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        if (data5.metric === void 0) {
          const err13 = { instancePath: instancePath + "/chosen-by", schemaPath: "#/properties/chosen-by/required", keyword: "required", params: { missingProperty: "metric" }, message: "must have required property 'metric'" };
          if (vErrors === null) {
            vErrors = [err13];
          } else {
            vErrors.push(err13);
          }
          errors++;
        }
        if (data5.split === void 0) {
          const err14 = { instancePath: instancePath + "/chosen-by", schemaPath: "#/properties/chosen-by/required", keyword: "required", params: { missingProperty: "split" }, message: "must have required property 'split'" };
          if (vErrors === null) {
            vErrors = [err14];
          } else {
            vErrors.push(err14);
          }
          errors++;
        }
        for (const key1 in data5) {
          if (!(key1 === "metric" || key1 === "split")) {
            const err15 = { instancePath: instancePath + "/chosen-by", schemaPath: "#/properties/chosen-by/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data5.metric !== void 0) {
          if (typeof data5.metric !== "string") {
            const err16 = { instancePath: instancePath + "/chosen-by/metric", schemaPath: "#/properties/chosen-by/properties/metric/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
        if (data5.split !== void 0) {
          if (typeof data5.split !== "string") {
            const err17 = { instancePath: instancePath + "/chosen-by/split", schemaPath: "#/properties/chosen-by/properties/split/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
      } else {
        const err18 = { instancePath: instancePath + "/chosen-by", schemaPath: "#/properties/chosen-by/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.threshold !== void 0) {
      let data8 = data.threshold;
      if (!(typeof data8 == "number" && isFinite(data8))) {
        const err19 = { instancePath: instancePath + "/threshold", schemaPath: "#/properties/threshold/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.candidates !== void 0) {
      let data9 = data.candidates;
      if (Array.isArray(data9)) {
        const len1 = data9.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data10 = data9[i1];
          if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
            if (data10.name === void 0) {
              const err20 = { instancePath: instancePath + "/candidates/" + i1, schemaPath: "#/properties/candidates/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
              if (vErrors === null) {
                vErrors = [err20];
              } else {
                vErrors.push(err20);
              }
              errors++;
            }
            if (data10.kind === void 0) {
              const err21 = { instancePath: instancePath + "/candidates/" + i1, schemaPath: "#/properties/candidates/items/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
              if (vErrors === null) {
                vErrors = [err21];
              } else {
                vErrors.push(err21);
              }
              errors++;
            }
            if (data10.splits === void 0) {
              const err22 = { instancePath: instancePath + "/candidates/" + i1, schemaPath: "#/properties/candidates/items/required", keyword: "required", params: { missingProperty: "splits" }, message: "must have required property 'splits'" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
            for (const key2 in data10) {
              if (!(key2 === "name" || key2 === "kind" || key2 === "bytes" || key2 === "splits")) {
                const err23 = { instancePath: instancePath + "/candidates/" + i1, schemaPath: "#/properties/candidates/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
            if (data10.name !== void 0) {
              if (typeof data10.name !== "string") {
                const err24 = { instancePath: instancePath + "/candidates/" + i1 + "/name", schemaPath: "#/properties/candidates/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
            }
            if (data10.kind !== void 0) {
              if (typeof data10.kind !== "string") {
                const err25 = { instancePath: instancePath + "/candidates/" + i1 + "/kind", schemaPath: "#/properties/candidates/items/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
            if (data10.bytes !== void 0) {
              let data13 = data10.bytes;
              if (!(typeof data13 == "number" && (!(data13 % 1) && !isNaN(data13)) && isFinite(data13))) {
                const err26 = { instancePath: instancePath + "/candidates/" + i1 + "/bytes", schemaPath: "#/properties/candidates/items/properties/bytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
            }
            if (data10.splits !== void 0) {
              let data14 = data10.splits;
              if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
                for (const key3 in data14) {
                  if (!validate84(data14[key3], { instancePath: instancePath + "/candidates/" + i1 + "/splits/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data14, parentDataProperty: key3, rootData })) {
                    vErrors = vErrors === null ? validate84.errors : vErrors.concat(validate84.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err27 = { instancePath: instancePath + "/candidates/" + i1 + "/splits", schemaPath: "#/properties/candidates/items/properties/splits/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err27];
                } else {
                  vErrors.push(err27);
                }
                errors++;
              }
            }
          } else {
            const err28 = { instancePath: instancePath + "/candidates/" + i1, schemaPath: "#/properties/candidates/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
        }
      } else {
        const err29 = { instancePath: instancePath + "/candidates", schemaPath: "#/properties/candidates/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err29];
        } else {
          vErrors.push(err29);
        }
        errors++;
      }
    }
    if (data.gates !== void 0) {
      let data16 = data.gates;
      if (Array.isArray(data16)) {
        const len2 = data16.length;
        for (let i2 = 0; i2 < len2; i2++) {
          let data17 = data16[i2];
          if (data17 && typeof data17 == "object" && !Array.isArray(data17)) {
            if (data17.metric === void 0) {
              const err30 = { instancePath: instancePath + "/gates/" + i2, schemaPath: "#/properties/gates/items/required", keyword: "required", params: { missingProperty: "metric" }, message: "must have required property 'metric'" };
              if (vErrors === null) {
                vErrors = [err30];
              } else {
                vErrors.push(err30);
              }
              errors++;
            }
            if (data17.value === void 0) {
              const err31 = { instancePath: instancePath + "/gates/" + i2, schemaPath: "#/properties/gates/items/required", keyword: "required", params: { missingProperty: "value" }, message: "must have required property 'value'" };
              if (vErrors === null) {
                vErrors = [err31];
              } else {
                vErrors.push(err31);
              }
              errors++;
            }
            if (data17.passed === void 0) {
              const err32 = { instancePath: instancePath + "/gates/" + i2, schemaPath: "#/properties/gates/items/required", keyword: "required", params: { missingProperty: "passed" }, message: "must have required property 'passed'" };
              if (vErrors === null) {
                vErrors = [err32];
              } else {
                vErrors.push(err32);
              }
              errors++;
            }
            if (data17.bound === void 0) {
              const err33 = { instancePath: instancePath + "/gates/" + i2, schemaPath: "#/properties/gates/items/required", keyword: "required", params: { missingProperty: "bound" }, message: "must have required property 'bound'" };
              if (vErrors === null) {
                vErrors = [err33];
              } else {
                vErrors.push(err33);
              }
              errors++;
            }
            for (const key4 in data17) {
              if (!(key4 === "metric" || key4 === "value" || key4 === "bound" || key4 === "passed")) {
                const err34 = { instancePath: instancePath + "/gates/" + i2, schemaPath: "#/properties/gates/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err34];
                } else {
                  vErrors.push(err34);
                }
                errors++;
              }
            }
            if (data17.metric !== void 0) {
              if (typeof data17.metric !== "string") {
                const err35 = { instancePath: instancePath + "/gates/" + i2 + "/metric", schemaPath: "#/properties/gates/items/properties/metric/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err35];
                } else {
                  vErrors.push(err35);
                }
                errors++;
              }
            }
            if (data17.value !== void 0) {
              let data19 = data17.value;
              if (!(typeof data19 == "number" && isFinite(data19)) && data19 !== null) {
                const err36 = { instancePath: instancePath + "/gates/" + i2 + "/value", schemaPath: "#/properties/gates/items/properties/value/type", keyword: "type", params: { type: schema133.properties.gates.items.properties.value.type }, message: "must be number,null" };
                if (vErrors === null) {
                  vErrors = [err36];
                } else {
                  vErrors.push(err36);
                }
                errors++;
              }
            }
            if (data17.bound !== void 0) {
              if (typeof data17.bound !== "string") {
                const err37 = { instancePath: instancePath + "/gates/" + i2 + "/bound", schemaPath: "#/properties/gates/items/properties/bound/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err37];
                } else {
                  vErrors.push(err37);
                }
                errors++;
              }
            }
            if (data17.passed !== void 0) {
              if (typeof data17.passed !== "boolean") {
                const err38 = { instancePath: instancePath + "/gates/" + i2 + "/passed", schemaPath: "#/properties/gates/items/properties/passed/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                if (vErrors === null) {
                  vErrors = [err38];
                } else {
                  vErrors.push(err38);
                }
                errors++;
              }
            }
          } else {
            const err39 = { instancePath: instancePath + "/gates/" + i2, schemaPath: "#/properties/gates/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err39];
            } else {
              vErrors.push(err39);
            }
            errors++;
          }
        }
      } else {
        const err40 = { instancePath: instancePath + "/gates", schemaPath: "#/properties/gates/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err40];
        } else {
          vErrors.push(err40);
        }
        errors++;
      }
    }
    if (data.fairness !== void 0) {
      let data22 = data.fairness;
      if (Array.isArray(data22)) {
        const len3 = data22.length;
        for (let i3 = 0; i3 < len3; i3++) {
          let data23 = data22[i3];
          if (data23 && typeof data23 == "object" && !Array.isArray(data23)) {
            if (data23.attribute === void 0) {
              const err41 = { instancePath: instancePath + "/fairness/" + i3, schemaPath: "#/$defs/FairnessReport/required", keyword: "required", params: { missingProperty: "attribute" }, message: "must have required property 'attribute'" };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
            if (data23.groups === void 0) {
              const err42 = { instancePath: instancePath + "/fairness/" + i3, schemaPath: "#/$defs/FairnessReport/required", keyword: "required", params: { missingProperty: "groups" }, message: "must have required property 'groups'" };
              if (vErrors === null) {
                vErrors = [err42];
              } else {
                vErrors.push(err42);
              }
              errors++;
            }
            if (data23.gaps === void 0) {
              const err43 = { instancePath: instancePath + "/fairness/" + i3, schemaPath: "#/$defs/FairnessReport/required", keyword: "required", params: { missingProperty: "gaps" }, message: "must have required property 'gaps'" };
              if (vErrors === null) {
                vErrors = [err43];
              } else {
                vErrors.push(err43);
              }
              errors++;
            }
            for (const key5 in data23) {
              if (!(key5 === "attribute" || key5 === "groups" || key5 === "gaps")) {
                const err44 = { instancePath: instancePath + "/fairness/" + i3, schemaPath: "#/$defs/FairnessReport/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err44];
                } else {
                  vErrors.push(err44);
                }
                errors++;
              }
            }
            if (data23.attribute !== void 0) {
              if (typeof data23.attribute !== "string") {
                const err45 = { instancePath: instancePath + "/fairness/" + i3 + "/attribute", schemaPath: "#/$defs/FairnessReport/properties/attribute/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err45];
                } else {
                  vErrors.push(err45);
                }
                errors++;
              }
            }
            if (data23.groups !== void 0) {
              let data25 = data23.groups;
              if (Array.isArray(data25)) {
                const len4 = data25.length;
                for (let i4 = 0; i4 < len4; i4++) {
                  let data26 = data25[i4];
                  if (data26 && typeof data26 == "object" && !Array.isArray(data26)) {
                    if (data26.group === void 0) {
                      const err46 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4, schemaPath: "#/$defs/FairnessReport/properties/groups/items/required", keyword: "required", params: { missingProperty: "group" }, message: "must have required property 'group'" };
                      if (vErrors === null) {
                        vErrors = [err46];
                      } else {
                        vErrors.push(err46);
                      }
                      errors++;
                    }
                    if (data26.rows === void 0) {
                      const err47 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4, schemaPath: "#/$defs/FairnessReport/properties/groups/items/required", keyword: "required", params: { missingProperty: "rows" }, message: "must have required property 'rows'" };
                      if (vErrors === null) {
                        vErrors = [err47];
                      } else {
                        vErrors.push(err47);
                      }
                      errors++;
                    }
                    if (data26.metrics === void 0) {
                      const err48 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4, schemaPath: "#/$defs/FairnessReport/properties/groups/items/required", keyword: "required", params: { missingProperty: "metrics" }, message: "must have required property 'metrics'" };
                      if (vErrors === null) {
                        vErrors = [err48];
                      } else {
                        vErrors.push(err48);
                      }
                      errors++;
                    }
                    for (const key6 in data26) {
                      if (!(key6 === "group" || key6 === "rows" || key6 === "metrics" || key6 === "intervals" || key6 === "note")) {
                        const err49 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4, schemaPath: "#/$defs/FairnessReport/properties/groups/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
                        if (vErrors === null) {
                          vErrors = [err49];
                        } else {
                          vErrors.push(err49);
                        }
                        errors++;
                      }
                    }
                    if (data26.group !== void 0) {
                      if (typeof data26.group !== "string") {
                        const err50 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/group", schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/group/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err50];
                        } else {
                          vErrors.push(err50);
                        }
                        errors++;
                      }
                    }
                    if (data26.rows !== void 0) {
                      let data28 = data26.rows;
                      if (!(typeof data28 == "number" && (!(data28 % 1) && !isNaN(data28)) && isFinite(data28))) {
                        const err51 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/rows", schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/rows/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                        if (vErrors === null) {
                          vErrors = [err51];
                        } else {
                          vErrors.push(err51);
                        }
                        errors++;
                      }
                    }
                    if (data26.metrics !== void 0) {
                      let data29 = data26.metrics;
                      if (data29 && typeof data29 == "object" && !Array.isArray(data29)) {
                        for (const key7 in data29) {
                          let data30 = data29[key7];
                          if (!(typeof data30 == "number" && isFinite(data30)) && data30 !== null) {
                            const err52 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/metrics/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/metrics/additionalProperties/type", keyword: "type", params: { type: schema139.properties.groups.items.properties.metrics.additionalProperties.type }, message: "must be number,null" };
                            if (vErrors === null) {
                              vErrors = [err52];
                            } else {
                              vErrors.push(err52);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err53 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/metrics", schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/metrics/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                        if (vErrors === null) {
                          vErrors = [err53];
                        } else {
                          vErrors.push(err53);
                        }
                        errors++;
                      }
                    }
                    if (data26.intervals !== void 0) {
                      let data31 = data26.intervals;
                      if (data31 && typeof data31 == "object" && !Array.isArray(data31)) {
                        for (const key8 in data31) {
                          let data32 = data31[key8];
                          if (Array.isArray(data32)) {
                            if (data32.length > 2) {
                              const err54 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/intervals/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/intervals/additionalProperties/maxItems", keyword: "maxItems", params: { limit: 2 }, message: "must NOT have more than 2 items" };
                              if (vErrors === null) {
                                vErrors = [err54];
                              } else {
                                vErrors.push(err54);
                              }
                              errors++;
                            }
                            if (data32.length < 2) {
                              const err55 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/intervals/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/intervals/additionalProperties/minItems", keyword: "minItems", params: { limit: 2 }, message: "must NOT have fewer than 2 items" };
                              if (vErrors === null) {
                                vErrors = [err55];
                              } else {
                                vErrors.push(err55);
                              }
                              errors++;
                            }
                            const len5 = data32.length;
                            for (let i5 = 0; i5 < len5; i5++) {
                              let data33 = data32[i5];
                              if (!(typeof data33 == "number" && isFinite(data33))) {
                                const err56 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/intervals/" + key8.replace(/~/g, "~0").replace(/\//g, "~1") + "/" + i5, schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/intervals/additionalProperties/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                                if (vErrors === null) {
                                  vErrors = [err56];
                                } else {
                                  vErrors.push(err56);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err57 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/intervals/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/intervals/additionalProperties/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                            if (vErrors === null) {
                              vErrors = [err57];
                            } else {
                              vErrors.push(err57);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err58 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/intervals", schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/intervals/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                        if (vErrors === null) {
                          vErrors = [err58];
                        } else {
                          vErrors.push(err58);
                        }
                        errors++;
                      }
                    }
                    if (data26.note !== void 0) {
                      if (typeof data26.note !== "string") {
                        const err59 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4 + "/note", schemaPath: "#/$defs/FairnessReport/properties/groups/items/properties/note/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err59];
                        } else {
                          vErrors.push(err59);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err60 = { instancePath: instancePath + "/fairness/" + i3 + "/groups/" + i4, schemaPath: "#/$defs/FairnessReport/properties/groups/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                    if (vErrors === null) {
                      vErrors = [err60];
                    } else {
                      vErrors.push(err60);
                    }
                    errors++;
                  }
                }
              } else {
                const err61 = { instancePath: instancePath + "/fairness/" + i3 + "/groups", schemaPath: "#/$defs/FairnessReport/properties/groups/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err61];
                } else {
                  vErrors.push(err61);
                }
                errors++;
              }
            }
            if (data23.gaps !== void 0) {
              let data35 = data23.gaps;
              if (data35 && typeof data35 == "object" && !Array.isArray(data35)) {
                for (const key9 in data35) {
                  let data36 = data35[key9];
                  if (!(typeof data36 == "number" && isFinite(data36)) && data36 !== null) {
                    const err62 = { instancePath: instancePath + "/fairness/" + i3 + "/gaps/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/$defs/FairnessReport/properties/gaps/additionalProperties/type", keyword: "type", params: { type: schema139.properties.gaps.additionalProperties.type }, message: "must be number,null" };
                    if (vErrors === null) {
                      vErrors = [err62];
                    } else {
                      vErrors.push(err62);
                    }
                    errors++;
                  }
                }
              } else {
                const err63 = { instancePath: instancePath + "/fairness/" + i3 + "/gaps", schemaPath: "#/$defs/FairnessReport/properties/gaps/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err63];
                } else {
                  vErrors.push(err63);
                }
                errors++;
              }
            }
          } else {
            const err64 = { instancePath: instancePath + "/fairness/" + i3, schemaPath: "#/$defs/FairnessReport/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err64];
            } else {
              vErrors.push(err64);
            }
            errors++;
          }
        }
      } else {
        const err65 = { instancePath: instancePath + "/fairness", schemaPath: "#/properties/fairness/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err65];
        } else {
          vErrors.push(err65);
        }
        errors++;
      }
    }
    if (data["looks-at-test"] !== void 0) {
      let data37 = data["looks-at-test"];
      if (!(typeof data37 == "number" && (!(data37 % 1) && !isNaN(data37)) && isFinite(data37))) {
        const err66 = { instancePath: instancePath + "/looks-at-test", schemaPath: "#/properties/looks-at-test/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err66];
        } else {
          vErrors.push(err66);
        }
        errors++;
      }
      if (typeof data37 == "number" && isFinite(data37)) {
        if (data37 < 1 || isNaN(data37)) {
          const err67 = { instancePath: instancePath + "/looks-at-test", schemaPath: "#/properties/looks-at-test/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err67];
          } else {
            vErrors.push(err67);
          }
          errors++;
        }
      }
    }
  } else {
    const err68 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err68];
    } else {
      vErrors.push(err68);
    }
    errors++;
  }
  validate83.errors = vErrors;
  return errors === 0;
}
exports.validateBundle = validate86;
function validate86(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.name === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.digest === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "digest" }, message: "must have required property 'digest'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.task === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "task" }, message: "must have required property 'task'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.files === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "files" }, message: "must have required property 'files'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "format" || key0 === "name" || key0 === "digest" || key0 === "task" || key0 === "engine" || key0 === "runtime" || key0 === "files")) {
        const err5 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err6 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      if (typeof data.name !== "string") {
        const err7 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.digest !== void 0) {
      let data2 = data.digest;
      if (typeof data2 === "string") {
        if (!pattern7.test(data2)) {
          const err8 = { instancePath: instancePath + "/digest", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = { instancePath: instancePath + "/digest", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.task !== void 0) {
      let data3 = data.task;
      if (typeof data3 !== "string") {
        const err10 = { instancePath: instancePath + "/task", schemaPath: "common#/$defs/Task/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (!(data3 === "binary" || data3 === "multiclass" || data3 === "regression")) {
        const err11 = { instancePath: instancePath + "/task", schemaPath: "common#/$defs/Task/enum", keyword: "enum", params: { allowedValues: schema21.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.engine !== void 0) {
      if (typeof data.engine !== "string") {
        const err12 = { instancePath: instancePath + "/engine", schemaPath: "#/properties/engine/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.runtime !== void 0) {
      let data5 = data.runtime;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        for (const key1 in data5) {
          if (typeof data5[key1] !== "string") {
            const err13 = { instancePath: instancePath + "/runtime/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/runtime/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
      } else {
        const err14 = { instancePath: instancePath + "/runtime", schemaPath: "#/properties/runtime/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.files !== void 0) {
      let data7 = data.files;
      if (Array.isArray(data7)) {
        const len0 = data7.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data8 = data7[i0];
          if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
            if (data8.path === void 0) {
              const err15 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/required", keyword: "required", params: { missingProperty: "path" }, message: "must have required property 'path'" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
            if (data8.sha256 === void 0) {
              const err16 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/required", keyword: "required", params: { missingProperty: "sha256" }, message: "must have required property 'sha256'" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
            if (data8.bytes === void 0) {
              const err17 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/required", keyword: "required", params: { missingProperty: "bytes" }, message: "must have required property 'bytes'" };
              if (vErrors === null) {
                vErrors = [err17];
              } else {
                vErrors.push(err17);
              }
              errors++;
            }
            for (const key2 in data8) {
              if (!(key2 === "path" || key2 === "sha256" || key2 === "bytes")) {
                const err18 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            }
            if (data8.path !== void 0) {
              if (typeof data8.path !== "string") {
                const err19 = { instancePath: instancePath + "/files/" + i0 + "/path", schemaPath: "#/properties/files/items/properties/path/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
            }
            if (data8.sha256 !== void 0) {
              let data10 = data8.sha256;
              if (typeof data10 === "string") {
                if (!pattern7.test(data10)) {
                  const err20 = { instancePath: instancePath + "/files/" + i0 + "/sha256", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
                  if (vErrors === null) {
                    vErrors = [err20];
                  } else {
                    vErrors.push(err20);
                  }
                  errors++;
                }
              } else {
                const err21 = { instancePath: instancePath + "/files/" + i0 + "/sha256", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
            }
            if (data8.bytes !== void 0) {
              let data11 = data8.bytes;
              if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
                const err22 = { instancePath: instancePath + "/files/" + i0 + "/bytes", schemaPath: "#/properties/files/items/properties/bytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
            }
          } else {
            const err23 = { instancePath: instancePath + "/files/" + i0, schemaPath: "#/properties/files/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
        }
      } else {
        const err24 = { instancePath: instancePath + "/files", schemaPath: "#/properties/files/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
  } else {
    const err25 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err25];
    } else {
      vErrors.push(err25);
    }
    errors++;
  }
  validate86.errors = vErrors;
  return errors === 0;
}
exports.validateDeployment = validate87;
var schema144 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "deployment", "title": "DeploymentEntry", "description": "One line of the deployments ledger: append-only, each entry chained to the one before by its hash.", "type": "object", "additionalProperties": false, "required": ["format", "sequence", "time", "action", "target", "kind", "model", "version", "digest", "by", "previous", "hash"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "sequence": { "type": "integer", "minimum": 1, "description": "Number of the entry, from 1." }, "time": { "type": "string", "description": "When." }, "action": { "type": "string", "enum": ["deploy", "rollback", "stop"], "description": "What was done." }, "target": { "type": "string", "description": "Name of the target." }, "kind": { "type": "string", "description": "Kind of the target." }, "stage": { "type": "string", "description": "Deploy stage." }, "pipeline": { "type": "string", "description": "Pipeline." }, "model": { "type": "string", "description": "Name of the model." }, "version": { "type": "integer", "minimum": 1, "description": "Version that is live after this entry." }, "digest": { "$ref": "common#/$defs/Sha256" }, "run": { "type": "string", "description": "Run that deployed it." }, "url": { "type": "string", "description": "Where it is served." }, "output": { "type": "string", "description": "File it wrote." }, "by": { "type": "string", "description": "User and machine." }, "reason": { "type": "string", "description": "Why (of a rollback)." }, "previous": { "type": "string", "description": "Hash of the entry before, or 64 zeros." }, "hash": { "$ref": "common#/$defs/Sha256" } } };
function validate87(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.sequence === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "sequence" }, message: "must have required property 'sequence'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.time === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.action === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "action" }, message: "must have required property 'action'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.target === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "target" }, message: "must have required property 'target'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.kind === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.model === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "model" }, message: "must have required property 'model'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.version === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "version" }, message: "must have required property 'version'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    if (data.digest === void 0) {
      const err8 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "digest" }, message: "must have required property 'digest'" };
      if (vErrors === null) {
        vErrors = [err8];
      } else {
        vErrors.push(err8);
      }
      errors++;
    }
    if (data.by === void 0) {
      const err9 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "by" }, message: "must have required property 'by'" };
      if (vErrors === null) {
        vErrors = [err9];
      } else {
        vErrors.push(err9);
      }
      errors++;
    }
    if (data.previous === void 0) {
      const err10 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "previous" }, message: "must have required property 'previous'" };
      if (vErrors === null) {
        vErrors = [err10];
      } else {
        vErrors.push(err10);
      }
      errors++;
    }
    if (data.hash === void 0) {
      const err11 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "hash" }, message: "must have required property 'hash'" };
      if (vErrors === null) {
        vErrors = [err11];
      } else {
        vErrors.push(err11);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema144.properties, key0)) {
        const err12 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err13 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.sequence !== void 0) {
      let data1 = data.sequence;
      if (!(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)) && isFinite(data1))) {
        const err14 = { instancePath: instancePath + "/sequence", schemaPath: "#/properties/sequence/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 < 1 || isNaN(data1)) {
          const err15 = { instancePath: instancePath + "/sequence", schemaPath: "#/properties/sequence/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err15];
          } else {
            vErrors.push(err15);
          }
          errors++;
        }
      }
    }
    if (data.time !== void 0) {
      if (typeof data.time !== "string") {
        const err16 = { instancePath: instancePath + "/time", schemaPath: "#/properties/time/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.action !== void 0) {
      let data3 = data.action;
      if (typeof data3 !== "string") {
        const err17 = { instancePath: instancePath + "/action", schemaPath: "#/properties/action/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
      if (!(data3 === "deploy" || data3 === "rollback" || data3 === "stop")) {
        const err18 = { instancePath: instancePath + "/action", schemaPath: "#/properties/action/enum", keyword: "enum", params: { allowedValues: schema144.properties.action.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.target !== void 0) {
      if (typeof data.target !== "string") {
        const err19 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if (typeof data.kind !== "string") {
        const err20 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err20];
        } else {
          vErrors.push(err20);
        }
        errors++;
      }
    }
    if (data.stage !== void 0) {
      if (typeof data.stage !== "string") {
        const err21 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.pipeline !== void 0) {
      if (typeof data.pipeline !== "string") {
        const err22 = { instancePath: instancePath + "/pipeline", schemaPath: "#/properties/pipeline/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
    if (data.model !== void 0) {
      if (typeof data.model !== "string") {
        const err23 = { instancePath: instancePath + "/model", schemaPath: "#/properties/model/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err23];
        } else {
          vErrors.push(err23);
        }
        errors++;
      }
    }
    if (data.version !== void 0) {
      let data9 = data.version;
      if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
        const err24 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
      if (typeof data9 == "number" && isFinite(data9)) {
        if (data9 < 1 || isNaN(data9)) {
          const err25 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
      }
    }
    if (data.digest !== void 0) {
      let data10 = data.digest;
      if (typeof data10 === "string") {
        if (!pattern7.test(data10)) {
          const err26 = { instancePath: instancePath + "/digest", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
      } else {
        const err27 = { instancePath: instancePath + "/digest", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
    }
    if (data.run !== void 0) {
      if (typeof data.run !== "string") {
        const err28 = { instancePath: instancePath + "/run", schemaPath: "#/properties/run/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
    }
    if (data.url !== void 0) {
      if (typeof data.url !== "string") {
        const err29 = { instancePath: instancePath + "/url", schemaPath: "#/properties/url/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err29];
        } else {
          vErrors.push(err29);
        }
        errors++;
      }
    }
    if (data.output !== void 0) {
      if (typeof data.output !== "string") {
        const err30 = { instancePath: instancePath + "/output", schemaPath: "#/properties/output/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
    }
    if (data.by !== void 0) {
      if (typeof data.by !== "string") {
        const err31 = { instancePath: instancePath + "/by", schemaPath: "#/properties/by/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
    if (data.reason !== void 0) {
      if (typeof data.reason !== "string") {
        const err32 = { instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err32];
        } else {
          vErrors.push(err32);
        }
        errors++;
      }
    }
    if (data.previous !== void 0) {
      if (typeof data.previous !== "string") {
        const err33 = { instancePath: instancePath + "/previous", schemaPath: "#/properties/previous/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err33];
        } else {
          vErrors.push(err33);
        }
        errors++;
      }
    }
    if (data.hash !== void 0) {
      let data17 = data.hash;
      if (typeof data17 === "string") {
        if (!pattern7.test(data17)) {
          const err34 = { instancePath: instancePath + "/hash", schemaPath: "common#/$defs/Sha256/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
          if (vErrors === null) {
            vErrors = [err34];
          } else {
            vErrors.push(err34);
          }
          errors++;
        }
      } else {
        const err35 = { instancePath: instancePath + "/hash", schemaPath: "common#/$defs/Sha256/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err35];
        } else {
          vErrors.push(err35);
        }
        errors++;
      }
    }
  } else {
    const err36 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err36];
    } else {
      vErrors.push(err36);
    }
    errors++;
  }
  validate87.errors = vErrors;
  return errors === 0;
}
exports.validateDrift = validate88;
var schema147 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "drift", "title": "DriftReport", "description": "`drift.json` of a monitor stage's artifact.", "type": "object", "additionalProperties": false, "required": ["format", "created", "deployment", "reference", "rows", "verdict", "features", "drift"], "properties": { "format": { "const": 1, "description": "Version of the format." }, "created": { "type": "string", "description": "When it was made." }, "deployment": { "type": "object", "additionalProperties": false, "required": ["target", "model", "version"], "description": "What is watched.", "properties": { "target": { "type": "string", "description": "Target." }, "model": { "type": "string", "description": "Model." }, "version": { "type": "integer", "description": "Version." } } }, "reference": { "type": "string", "description": "The reference, for example `customers.train`." }, "rows": { "type": "object", "additionalProperties": false, "required": ["reference", "current"], "description": "Rows compared.", "properties": { "reference": { "type": "integer", "description": "Rows of the reference." }, "current": { "type": "integer", "description": "Rows of the window." }, "skipped": { "type": "integer", "description": "Log lines that could not be read." } } }, "window": { "type": "object", "additionalProperties": false, "description": "Time of the first and last request.", "properties": { "from": { "type": "string", "description": "First." }, "to": { "type": "string", "description": "Last." } } }, "verdict": { "type": "string", "enum": ["stable", "drift", "too-few-rows"], "description": "The verdict." }, "drift": { "type": "object", "additionalProperties": false, "required": ["count", "share"], "description": "Drifted features; the prediction is not one of them.", "properties": { "count": { "type": "integer", "description": "How many." }, "share": { "type": "number", "description": "Their share." } } }, "retrain": { "type": "object", "additionalProperties": false, "required": ["due", "when"], "description": "Whether retraining is due.", "properties": { "due": { "type": "boolean", "description": "Whether the condition holds." }, "when": { "type": "string", "description": "The condition." } } }, "features": { "type": "array", "description": "Features, the drifted first.", "items": { "$ref": "#/$defs/FeatureDrift" } }, "prediction": { "$ref": "#/$defs/FeatureDrift" } }, "$defs": { "FeatureDrift": { "type": "object", "additionalProperties": false, "required": ["column", "type", "method", "statistic", "drifted", "statistics"], "description": "One column.", "properties": { "column": { "type": "string", "description": "Column." }, "type": { "$ref": "common#/$defs/ColumnType" }, "method": { "type": "string", "description": "Method that decided." }, "statistic": { "type": ["number", "null"], "description": "Its statistic." }, "threshold": { "type": "number", "description": "Threshold of the statistic." }, "p-value": { "type": "number", "description": "p-value, where the method has one." }, "adjusted-p-value": { "type": "number", "description": "After Benjamini\u2013Hochberg." }, "drifted": { "type": "boolean", "description": "Whether it drifted." }, "statistics": { "type": "object", "additionalProperties": { "type": ["number", "null"] }, "description": "All statistics that suit the type: psi, ks, ks-p, chi2, chi2-p, cramers-v, jensen-shannon, wasserstein, hellinger, total-variation, l-infinity, missing-reference, missing-current, and missing-p where values are missing." }, "note": { "type": "string", "description": "For example new categories or values outside the training range." }, "bins": { "type": "object", "additionalProperties": false, "required": ["labels", "reference", "current"], "description": "Shares on the same bins.", "properties": { "labels": { "type": "array", "items": { "type": "string" }, "description": "Labels." }, "edges": { "type": "array", "items": { "type": "number" }, "description": "Edges for numbers, one more than bins; the outermost hold both samples." }, "reference": { "type": "array", "items": { "type": "number" }, "description": "Shares of the reference." }, "current": { "type": "array", "items": { "type": "number" }, "description": "Shares of the window." } } } } } } };
var schema148 = { "type": "object", "additionalProperties": false, "required": ["column", "type", "method", "statistic", "drifted", "statistics"], "description": "One column.", "properties": { "column": { "type": "string", "description": "Column." }, "type": { "$ref": "common#/$defs/ColumnType" }, "method": { "type": "string", "description": "Method that decided." }, "statistic": { "type": ["number", "null"], "description": "Its statistic." }, "threshold": { "type": "number", "description": "Threshold of the statistic." }, "p-value": { "type": "number", "description": "p-value, where the method has one." }, "adjusted-p-value": { "type": "number", "description": "After Benjamini\u2013Hochberg." }, "drifted": { "type": "boolean", "description": "Whether it drifted." }, "statistics": { "type": "object", "additionalProperties": { "type": ["number", "null"] }, "description": "All statistics that suit the type: psi, ks, ks-p, chi2, chi2-p, cramers-v, jensen-shannon, wasserstein, hellinger, total-variation, l-infinity, missing-reference, missing-current, and missing-p where values are missing." }, "note": { "type": "string", "description": "For example new categories or values outside the training range." }, "bins": { "type": "object", "additionalProperties": false, "required": ["labels", "reference", "current"], "description": "Shares on the same bins.", "properties": { "labels": { "type": "array", "items": { "type": "string" }, "description": "Labels." }, "edges": { "type": "array", "items": { "type": "number" }, "description": "Edges for numbers, one more than bins; the outermost hold both samples." }, "reference": { "type": "array", "items": { "type": "number" }, "description": "Shares of the reference." }, "current": { "type": "array", "items": { "type": "number" }, "description": "Shares of the window." } } } } };
function validate89(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.column === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "column" }, message: "must have required property 'column'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.method === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "method" }, message: "must have required property 'method'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.statistic === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "statistic" }, message: "must have required property 'statistic'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.drifted === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "drifted" }, message: "must have required property 'drifted'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.statistics === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "statistics" }, message: "must have required property 'statistics'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema148.properties, key0)) {
        const err6 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.column !== void 0) {
      if (typeof data.column !== "string") {
        const err7 = { instancePath: instancePath + "/column", schemaPath: "#/properties/column/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      let data1 = data.type;
      if (typeof data1 !== "string") {
        const err8 = { instancePath: instancePath + "/type", schemaPath: "common#/$defs/ColumnType/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
      if (!(data1 === "number" || data1 === "text" || data1 === "boolean" || data1 === "time")) {
        const err9 = { instancePath: instancePath + "/type", schemaPath: "common#/$defs/ColumnType/enum", keyword: "enum", params: { allowedValues: schema23.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.method !== void 0) {
      if (typeof data.method !== "string") {
        const err10 = { instancePath: instancePath + "/method", schemaPath: "#/properties/method/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.statistic !== void 0) {
      let data3 = data.statistic;
      if (!(typeof data3 == "number" && isFinite(data3)) && data3 !== null) {
        const err11 = { instancePath: instancePath + "/statistic", schemaPath: "#/properties/statistic/type", keyword: "type", params: { type: schema148.properties.statistic.type }, message: "must be number,null" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.threshold !== void 0) {
      let data4 = data.threshold;
      if (!(typeof data4 == "number" && isFinite(data4))) {
        const err12 = { instancePath: instancePath + "/threshold", schemaPath: "#/properties/threshold/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data["p-value"] !== void 0) {
      let data5 = data["p-value"];
      if (!(typeof data5 == "number" && isFinite(data5))) {
        const err13 = { instancePath: instancePath + "/p-value", schemaPath: "#/properties/p-value/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data["adjusted-p-value"] !== void 0) {
      let data6 = data["adjusted-p-value"];
      if (!(typeof data6 == "number" && isFinite(data6))) {
        const err14 = { instancePath: instancePath + "/adjusted-p-value", schemaPath: "#/properties/adjusted-p-value/type", keyword: "type", params: { type: "number" }, message: "must be number" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.drifted !== void 0) {
      if (typeof data.drifted !== "boolean") {
        const err15 = { instancePath: instancePath + "/drifted", schemaPath: "#/properties/drifted/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.statistics !== void 0) {
      let data8 = data.statistics;
      if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
        for (const key1 in data8) {
          let data9 = data8[key1];
          if (!(typeof data9 == "number" && isFinite(data9)) && data9 !== null) {
            const err16 = { instancePath: instancePath + "/statistics/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/statistics/additionalProperties/type", keyword: "type", params: { type: schema148.properties.statistics.additionalProperties.type }, message: "must be number,null" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
      } else {
        const err17 = { instancePath: instancePath + "/statistics", schemaPath: "#/properties/statistics/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.note !== void 0) {
      if (typeof data.note !== "string") {
        const err18 = { instancePath: instancePath + "/note", schemaPath: "#/properties/note/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.bins !== void 0) {
      let data11 = data.bins;
      if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
        if (data11.labels === void 0) {
          const err19 = { instancePath: instancePath + "/bins", schemaPath: "#/properties/bins/required", keyword: "required", params: { missingProperty: "labels" }, message: "must have required property 'labels'" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
        if (data11.reference === void 0) {
          const err20 = { instancePath: instancePath + "/bins", schemaPath: "#/properties/bins/required", keyword: "required", params: { missingProperty: "reference" }, message: "must have required property 'reference'" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        if (data11.current === void 0) {
          const err21 = { instancePath: instancePath + "/bins", schemaPath: "#/properties/bins/required", keyword: "required", params: { missingProperty: "current" }, message: "must have required property 'current'" };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
        for (const key2 in data11) {
          if (!(key2 === "labels" || key2 === "edges" || key2 === "reference" || key2 === "current")) {
            const err22 = { instancePath: instancePath + "/bins", schemaPath: "#/properties/bins/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
        }
        if (data11.labels !== void 0) {
          let data12 = data11.labels;
          if (Array.isArray(data12)) {
            const len0 = data12.length;
            for (let i0 = 0; i0 < len0; i0++) {
              if (typeof data12[i0] !== "string") {
                const err23 = { instancePath: instancePath + "/bins/labels/" + i0, schemaPath: "#/properties/bins/properties/labels/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
          } else {
            const err24 = { instancePath: instancePath + "/bins/labels", schemaPath: "#/properties/bins/properties/labels/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        if (data11.edges !== void 0) {
          let data14 = data11.edges;
          if (Array.isArray(data14)) {
            const len1 = data14.length;
            for (let i1 = 0; i1 < len1; i1++) {
              let data15 = data14[i1];
              if (!(typeof data15 == "number" && isFinite(data15))) {
                const err25 = { instancePath: instancePath + "/bins/edges/" + i1, schemaPath: "#/properties/bins/properties/edges/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
          } else {
            const err26 = { instancePath: instancePath + "/bins/edges", schemaPath: "#/properties/bins/properties/edges/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
        if (data11.reference !== void 0) {
          let data16 = data11.reference;
          if (Array.isArray(data16)) {
            const len2 = data16.length;
            for (let i2 = 0; i2 < len2; i2++) {
              let data17 = data16[i2];
              if (!(typeof data17 == "number" && isFinite(data17))) {
                const err27 = { instancePath: instancePath + "/bins/reference/" + i2, schemaPath: "#/properties/bins/properties/reference/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err27];
                } else {
                  vErrors.push(err27);
                }
                errors++;
              }
            }
          } else {
            const err28 = { instancePath: instancePath + "/bins/reference", schemaPath: "#/properties/bins/properties/reference/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
        }
        if (data11.current !== void 0) {
          let data18 = data11.current;
          if (Array.isArray(data18)) {
            const len3 = data18.length;
            for (let i3 = 0; i3 < len3; i3++) {
              let data19 = data18[i3];
              if (!(typeof data19 == "number" && isFinite(data19))) {
                const err29 = { instancePath: instancePath + "/bins/current/" + i3, schemaPath: "#/properties/bins/properties/current/items/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
            }
          } else {
            const err30 = { instancePath: instancePath + "/bins/current", schemaPath: "#/properties/bins/properties/current/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
      } else {
        const err31 = { instancePath: instancePath + "/bins", schemaPath: "#/properties/bins/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
  } else {
    const err32 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err32];
    } else {
      vErrors.push(err32);
    }
    errors++;
  }
  validate89.errors = vErrors;
  return errors === 0;
}
function validate88(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.created === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "created" }, message: "must have required property 'created'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.deployment === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "deployment" }, message: "must have required property 'deployment'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.reference === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "reference" }, message: "must have required property 'reference'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.rows === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "rows" }, message: "must have required property 'rows'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.verdict === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "verdict" }, message: "must have required property 'verdict'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.features === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "features" }, message: "must have required property 'features'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.drift === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "drift" }, message: "must have required property 'drift'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func3.call(schema147.properties, key0)) {
        const err8 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      if (1 !== data.format) {
        const err9 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/const", keyword: "const", params: { allowedValue: 1 }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.created !== void 0) {
      if (typeof data.created !== "string") {
        const err10 = { instancePath: instancePath + "/created", schemaPath: "#/properties/created/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.deployment !== void 0) {
      let data2 = data.deployment;
      if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
        if (data2.target === void 0) {
          const err11 = { instancePath: instancePath + "/deployment", schemaPath: "#/properties/deployment/required", keyword: "required", params: { missingProperty: "target" }, message: "must have required property 'target'" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        if (data2.model === void 0) {
          const err12 = { instancePath: instancePath + "/deployment", schemaPath: "#/properties/deployment/required", keyword: "required", params: { missingProperty: "model" }, message: "must have required property 'model'" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        if (data2.version === void 0) {
          const err13 = { instancePath: instancePath + "/deployment", schemaPath: "#/properties/deployment/required", keyword: "required", params: { missingProperty: "version" }, message: "must have required property 'version'" };
          if (vErrors === null) {
            vErrors = [err13];
          } else {
            vErrors.push(err13);
          }
          errors++;
        }
        for (const key1 in data2) {
          if (!(key1 === "target" || key1 === "model" || key1 === "version")) {
            const err14 = { instancePath: instancePath + "/deployment", schemaPath: "#/properties/deployment/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        if (data2.target !== void 0) {
          if (typeof data2.target !== "string") {
            const err15 = { instancePath: instancePath + "/deployment/target", schemaPath: "#/properties/deployment/properties/target/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data2.model !== void 0) {
          if (typeof data2.model !== "string") {
            const err16 = { instancePath: instancePath + "/deployment/model", schemaPath: "#/properties/deployment/properties/model/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
        if (data2.version !== void 0) {
          let data5 = data2.version;
          if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
            const err17 = { instancePath: instancePath + "/deployment/version", schemaPath: "#/properties/deployment/properties/version/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
      } else {
        const err18 = { instancePath: instancePath + "/deployment", schemaPath: "#/properties/deployment/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.reference !== void 0) {
      if (typeof data.reference !== "string") {
        const err19 = { instancePath: instancePath + "/reference", schemaPath: "#/properties/reference/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.rows !== void 0) {
      let data7 = data.rows;
      if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
        if (data7.reference === void 0) {
          const err20 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/required", keyword: "required", params: { missingProperty: "reference" }, message: "must have required property 'reference'" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        if (data7.current === void 0) {
          const err21 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/required", keyword: "required", params: { missingProperty: "current" }, message: "must have required property 'current'" };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
        for (const key2 in data7) {
          if (!(key2 === "reference" || key2 === "current" || key2 === "skipped")) {
            const err22 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
        }
        if (data7.reference !== void 0) {
          let data8 = data7.reference;
          if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
            const err23 = { instancePath: instancePath + "/rows/reference", schemaPath: "#/properties/rows/properties/reference/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
        }
        if (data7.current !== void 0) {
          let data9 = data7.current;
          if (!(typeof data9 == "number" && (!(data9 % 1) && !isNaN(data9)) && isFinite(data9))) {
            const err24 = { instancePath: instancePath + "/rows/current", schemaPath: "#/properties/rows/properties/current/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        if (data7.skipped !== void 0) {
          let data10 = data7.skipped;
          if (!(typeof data10 == "number" && (!(data10 % 1) && !isNaN(data10)) && isFinite(data10))) {
            const err25 = { instancePath: instancePath + "/rows/skipped", schemaPath: "#/properties/rows/properties/skipped/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
        }
      } else {
        const err26 = { instancePath: instancePath + "/rows", schemaPath: "#/properties/rows/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err26];
        } else {
          vErrors.push(err26);
        }
        errors++;
      }
    }
    if (data.window !== void 0) {
      let data11 = data.window;
      if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
        for (const key3 in data11) {
          if (!(key3 === "from" || key3 === "to")) {
            const err27 = { instancePath: instancePath + "/window", schemaPath: "#/properties/window/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (data11.from !== void 0) {
          if (typeof data11.from !== "string") {
            const err28 = { instancePath: instancePath + "/window/from", schemaPath: "#/properties/window/properties/from/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
        }
        if (data11.to !== void 0) {
          if (typeof data11.to !== "string") {
            const err29 = { instancePath: instancePath + "/window/to", schemaPath: "#/properties/window/properties/to/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
        }
      } else {
        const err30 = { instancePath: instancePath + "/window", schemaPath: "#/properties/window/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
    }
    if (data.verdict !== void 0) {
      let data14 = data.verdict;
      if (typeof data14 !== "string") {
        const err31 = { instancePath: instancePath + "/verdict", schemaPath: "#/properties/verdict/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
      if (!(data14 === "stable" || data14 === "drift" || data14 === "too-few-rows")) {
        const err32 = { instancePath: instancePath + "/verdict", schemaPath: "#/properties/verdict/enum", keyword: "enum", params: { allowedValues: schema147.properties.verdict.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err32];
        } else {
          vErrors.push(err32);
        }
        errors++;
      }
    }
    if (data.drift !== void 0) {
      let data15 = data.drift;
      if (data15 && typeof data15 == "object" && !Array.isArray(data15)) {
        if (data15.count === void 0) {
          const err33 = { instancePath: instancePath + "/drift", schemaPath: "#/properties/drift/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
          if (vErrors === null) {
            vErrors = [err33];
          } else {
            vErrors.push(err33);
          }
          errors++;
        }
        if (data15.share === void 0) {
          const err34 = { instancePath: instancePath + "/drift", schemaPath: "#/properties/drift/required", keyword: "required", params: { missingProperty: "share" }, message: "must have required property 'share'" };
          if (vErrors === null) {
            vErrors = [err34];
          } else {
            vErrors.push(err34);
          }
          errors++;
        }
        for (const key4 in data15) {
          if (!(key4 === "count" || key4 === "share")) {
            const err35 = { instancePath: instancePath + "/drift", schemaPath: "#/properties/drift/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
        if (data15.count !== void 0) {
          let data16 = data15.count;
          if (!(typeof data16 == "number" && (!(data16 % 1) && !isNaN(data16)) && isFinite(data16))) {
            const err36 = { instancePath: instancePath + "/drift/count", schemaPath: "#/properties/drift/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err36];
            } else {
              vErrors.push(err36);
            }
            errors++;
          }
        }
        if (data15.share !== void 0) {
          let data17 = data15.share;
          if (!(typeof data17 == "number" && isFinite(data17))) {
            const err37 = { instancePath: instancePath + "/drift/share", schemaPath: "#/properties/drift/properties/share/type", keyword: "type", params: { type: "number" }, message: "must be number" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
      } else {
        const err38 = { instancePath: instancePath + "/drift", schemaPath: "#/properties/drift/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err38];
        } else {
          vErrors.push(err38);
        }
        errors++;
      }
    }
    if (data.retrain !== void 0) {
      let data18 = data.retrain;
      if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
        if (data18.due === void 0) {
          const err39 = { instancePath: instancePath + "/retrain", schemaPath: "#/properties/retrain/required", keyword: "required", params: { missingProperty: "due" }, message: "must have required property 'due'" };
          if (vErrors === null) {
            vErrors = [err39];
          } else {
            vErrors.push(err39);
          }
          errors++;
        }
        if (data18.when === void 0) {
          const err40 = { instancePath: instancePath + "/retrain", schemaPath: "#/properties/retrain/required", keyword: "required", params: { missingProperty: "when" }, message: "must have required property 'when'" };
          if (vErrors === null) {
            vErrors = [err40];
          } else {
            vErrors.push(err40);
          }
          errors++;
        }
        for (const key5 in data18) {
          if (!(key5 === "due" || key5 === "when")) {
            const err41 = { instancePath: instancePath + "/retrain", schemaPath: "#/properties/retrain/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err41];
            } else {
              vErrors.push(err41);
            }
            errors++;
          }
        }
        if (data18.due !== void 0) {
          if (typeof data18.due !== "boolean") {
            const err42 = { instancePath: instancePath + "/retrain/due", schemaPath: "#/properties/retrain/properties/due/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
            if (vErrors === null) {
              vErrors = [err42];
            } else {
              vErrors.push(err42);
            }
            errors++;
          }
        }
        if (data18.when !== void 0) {
          if (typeof data18.when !== "string") {
            const err43 = { instancePath: instancePath + "/retrain/when", schemaPath: "#/properties/retrain/properties/when/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err43];
            } else {
              vErrors.push(err43);
            }
            errors++;
          }
        }
      } else {
        const err44 = { instancePath: instancePath + "/retrain", schemaPath: "#/properties/retrain/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err44];
        } else {
          vErrors.push(err44);
        }
        errors++;
      }
    }
    if (data.features !== void 0) {
      let data21 = data.features;
      if (Array.isArray(data21)) {
        const len0 = data21.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate89(data21[i0], { instancePath: instancePath + "/features/" + i0, parentData: data21, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate89.errors : vErrors.concat(validate89.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err45 = { instancePath: instancePath + "/features", schemaPath: "#/properties/features/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err45];
        } else {
          vErrors.push(err45);
        }
        errors++;
      }
    }
    if (data.prediction !== void 0) {
      if (!validate89(data.prediction, { instancePath: instancePath + "/prediction", parentData: data, parentDataProperty: "prediction", rootData })) {
        vErrors = vErrors === null ? validate89.errors : vErrors.concat(validate89.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err46 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err46];
    } else {
      vErrors.push(err46);
    }
    errors++;
  }
  validate88.errors = vErrors;
  return errors === 0;
}
