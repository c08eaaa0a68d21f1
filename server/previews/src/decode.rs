//! Decoding within limits, and making smaller.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::error::{ImageError, LimitErrorKind};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::{EDGES, Failed, Preview, Previews};

/// The longest edge that is decoded.
const LONGEST: u32 = 30_000;
/// The most pixels: what a very good camera makes.
const PIXELS: u64 = 60_000_000;
/// Memory for what is decoded.
const MEMORY: u64 = 512 * 1024 * 1024;
const QUALITY: u8 = 82;

/// The kinds that are decoded, all of them by code without `unsafe` that was fuzzed by others.
const KINDS: [ImageFormat; 4] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];

/// What the image is and its previews; of a moving one, of its first picture.
///
/// # Errors
/// [`Failed`], but neither `Ended` nor `Unavailable`.
pub fn make(bytes: &[u8]) -> Result<Previews, Failed> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| Failed::Broken(error.to_string()))?;
    if !reader.format().is_some_and(|format| KINDS.contains(&format)) {
        return Err(Failed::Unknown);
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(LONGEST), Some(LONGEST), Some(MEMORY));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Failed::Broken("it has no extent".to_owned()));
    }
    // Asked before anything is decoded: few bytes can say that they are very many pixels.
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(Failed::TooLarge(format!("{width} × {height} pixels")));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let mut image = narrow(image);
    let [smallest, ..] = EDGES;
    let turned = matches!(orientation, Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH);
    let (width, height) = if turned { (height, width) } else { (width, height) };
    let mut sizes = Vec::with_capacity(EDGES.len());
    // From the largest on, each out of the one before; turned when it is small already.
    let mut upright = false;
    for edge in EDGES.into_iter().rev() {
        let longest = width.max(height);
        if edge != smallest && longest <= edge {
            continue;
        }
        if image.width().max(image.height()) > edge {
            image = smaller(&image, edge);
        }
        if !upright {
            image.apply_orientation(orientation);
            upright = true;
        }
        sizes.push(encoded(edge, &image)?);
    }
    sizes.reverse();
    Ok(Previews { width, height, sizes })
}

/// Eight bits a channel, with transparency only where something is transparent.
fn narrow(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.into_rgb8());
    }
    let image = image.into_rgba8();
    if image.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(image).into_rgb8());
    }
    DynamicImage::ImageRgba8(image)
}

fn smaller(image: &DynamicImage, edge: u32) -> DynamicImage {
    // A good filter over very many pixels takes long: a coarse one first, to twice the size.
    let coarse = edge.saturating_mul(2);
    if image.width().max(image.height()) > coarse.saturating_mul(2) {
        return image.thumbnail(coarse, coarse).resize(edge, edge, FilterType::CatmullRom);
    }
    image.resize(edge, edge, FilterType::CatmullRom)
}

fn encoded(edge: u32, image: &DynamicImage) -> Result<Preview, Failed> {
    let mut bytes = Vec::new();
    let content_type = if image.color().has_alpha() {
        image.write_with_encoder(PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive)).map_err(failed)?;
        "image/png"
    } else {
        image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY)).map_err(failed)?;
        "image/jpeg"
    };
    Ok(Preview { edge, width: image.width(), height: image.height(), content_type, bytes })
}

fn failed(error: ImageError) -> Failed {
    match &error {
        ImageError::Unsupported(_) => Failed::Unknown,
        ImageError::Limits(limits) => match limits.kind() {
            LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory => Failed::TooLarge(error.to_string()),
            _ => Failed::Broken(error.to_string()),
        },
        _ => Failed::Broken(error.to_string()),
    }
}
