/** Pictures: decoding, resizing, and the pixels as a model takes them. */
export { decodePicture, type Picture, PictureError, pictureKind } from './decode';
export { coloured, pixelText, type PictureShape, readPicture } from './pixels';
export { resize } from './resize';
