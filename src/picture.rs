//! Pictures that people upload, drawn anew: whatever else was in the file does not come through.
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
    metadata::Orientation,
};
use std::io::Cursor;

/// Width and height of what comes out, in pixels.
pub const SIDE: u32 = 256;
/// The largest file that is looked at, in bytes.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// The most pixels a side may have, and the most memory that drawing may take: enough for a phone's
/// 50 megapixels, and not for a small file that claims to be a wall.
const LONGEST_SIDE: u32 = 12_000;
const MOST_MEMORY: u64 = 192 * 1024 * 1024;
const JPEG_QUALITY: u8 = 88;

/// A picture as it is kept: square, `SIDE` pixels wide.
#[derive(Debug)]
pub struct Drawn {
    /// Its media type.
    pub kind: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Why a file is no picture for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No PNG, JPEG or WebP, by what is in it; or a broken one.
    #[error("it is no picture in PNG, JPEG or WebP")]
    Format,
    /// Too many bytes or too many pixels.
    #[error("it is too large")]
    Large,
}

impl From<image::ImageError> for Refused {
    fn from(why: image::ImageError) -> Self {
        if matches!(why, image::ImageError::Limits(_)) { Self::Large } else { Self::Format }
    }
}

/// Draws a picture anew: turned upright, its middle as a square, without what the camera wrote. It
/// takes a moment.
pub fn draw(file: &[u8]) -> Result<Drawn, Refused> {
    if file.len() > LARGEST {
        return Err(Refused::Large);
    }
    let whole = read(file)?;
    let side = whole.width().min(whole.height());
    let (x, y) = ((whole.width() - side) / 2, (whole.height() - side) / 2);
    let square = whole.crop_imm(x, y, side, side).resize_exact(SIDE, SIDE, FilterType::Triangle);
    let mut bytes = vec![];
    let kind = if square.color().has_alpha() {
        square.to_rgba8().write_with_encoder(PngEncoder::new(&mut bytes))?;
        "image/png"
    } else {
        square.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
        "image/jpeg"
    };
    Ok(Drawn { kind, bytes })
}

/// What is in the file says what it is; its name and type do not count.
fn read(file: &[u8]) -> Result<DynamicImage, Refused> {
    let mut reader = ImageReader::new(Cursor::new(file));
    let format = image::guess_format(file)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(Refused::Format);
    }
    reader.set_format(format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    // A picture whose orientation cannot be read is upright.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// Red on the left, blue on the right.
    fn two_colours(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) }).into()
    }

    #[test]
    fn a_picture_comes_out_square_and_of_one_size() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            for (width, height) in [(1, 1), (30, 400), (600, 300)] {
                let drawn = draw(&encoded(&two_colours(width, height), format)).unwrap();
                assert_eq!(drawn.kind, "image/jpeg");
                let again = image::load_from_memory(&drawn.bytes).unwrap();
                assert_eq!((again.width(), again.height()), (SIDE, SIDE));
            }
        }
        let clear: DynamicImage = RgbaImage::from_pixel(300, 300, Rgba([0, 255, 0, 100])).into();
        let drawn = draw(&encoded(&clear, ImageFormat::Png)).unwrap();
        assert_eq!(drawn.kind, "image/png");
        assert_eq!(image::load_from_memory(&drawn.bytes).unwrap().to_rgba8().get_pixel(9, 9), &Rgba([0, 255, 0, 100]));
    }

    #[test]
    fn a_picture_is_turned_upright() {
        // Orientation 3: upside down, so that left and right change places, too.
        let exif = [b"II*\0\x08\0\0\0\x01\0".as_slice(), b"\x12\x01\x03\0\x01\0\0\0\x03\0\0\0", &[0; 4]].concat();
        let mut bytes = vec![];
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
        encoder.set_exif_metadata(exif).unwrap();
        two_colours(64, 64).write_with_encoder(encoder).unwrap();
        let drawn = image::load_from_memory(&draw(&bytes).unwrap().bytes).unwrap().to_rgb8();
        assert!(drawn.get_pixel(20, 128)[2] > 200 && drawn.get_pixel(236, 128)[0] > 200);
    }

    /// `security.md` XS-03.
    #[test]
    fn what_is_not_a_picture_is_refused() {
        let png = encoded(&two_colours(40, 40), ImageFormat::Png);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for bad in
            [&b""[..], b"<!doctype html><script>alert(1)</script>", svg, b"GIF89a\x01\0\x01\0", b"BM", &png[..60]]
        {
            assert_eq!(draw(bad).err(), Some(Refused::Format), "{:?}", String::from_utf8_lossy(bad));
        }
        // The magic of one, the rest of another.
        let jpeg = encoded(&two_colours(40, 40), ImageFormat::Jpeg);
        assert_eq!(draw(&[&png[..8], &jpeg[..]].concat()).err(), Some(Refused::Format));
    }

    /// `security.md` XS-03.
    #[test]
    fn nothing_of_the_file_comes_through_but_what_is_seen() {
        let marker = b"<script>alert(1)</script>";
        let png = encoded(&two_colours(40, 40), ImageFormat::Png);
        let drawn = draw(&[&png[..], marker].concat()).unwrap();
        assert!(!drawn.bytes.windows(marker.len()).any(|bytes| bytes == marker));
    }

    /// A PNG that says it is so wide and so high: each row of zeros would be packed to nothing.
    fn claiming(width: u32, height: u32) -> Vec<u8> {
        let mut png = encoded(&two_colours(2, 2), ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let mut crc = !0_u32;
        for byte in &png[12..29] {
            crc ^= u32::from(*byte);
            (0..8).for_each(|_| crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 });
        }
        png[29..33].copy_from_slice(&(!crc).to_be_bytes());
        png
    }

    #[test]
    fn a_small_file_cannot_take_much_memory() {
        // Beyond the sides; and within them, beyond the memory.
        for (width, height) in [(60_000, 60_000), (12_001, 1), (11_000, 7_000)] {
            assert_eq!(draw(&claiming(width, height)).err(), Some(Refused::Large), "{width} × {height}");
        }
        assert_eq!(draw(&vec![0; LARGEST + 1]).err(), Some(Refused::Large));
    }
}
