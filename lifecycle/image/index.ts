/** Pictures: decoding, resizing, and the pixels as a model takes them. */
export { decodePicture } from './decode';
export { type Picture, PictureError, pictureKind } from './kinds';
export { coloured, pixelText, type PictureShape } from './pixels';
export { pixelsOf, readPicture } from './read';
export { resize } from './resize';
export { pictureSize, type PictureSizes, SizeCount } from './size';
