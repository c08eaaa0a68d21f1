//! What becomes of images of all kinds, the malicious ones included.

#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use stoa_previews::{Failed, Previews, make};

/// Half red, half blue: left and right, so that one sees how it was turned.
fn picture(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) }))
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn sizes(previews: &Previews) -> Vec<(u32, u32, u32)> {
    previews.sizes.iter().map(|size| (size.edge, size.width, size.height)).collect()
}

fn decoded(previews: &Previews, index: usize) -> DynamicImage {
    image::load_from_memory(&previews.sizes[index].bytes).unwrap()
}

#[test]
fn a_large_image_comes_in_all_sizes_and_a_small_one_as_it_is() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let made = make(&encoded(&picture(2400, 1800), format)).unwrap();
        assert_eq!((made.width, made.height), (2400, 1800));
        assert_eq!(sizes(&made), [(320, 320, 240), (960, 960, 720), (1920, 1920, 1440)], "{format:?}");
        for (index, size) in made.sizes.iter().enumerate() {
            assert_eq!(size.content_type, "image/jpeg");
            assert_eq!((decoded(&made, index).width(), decoded(&made, index).height()), (size.width, size.height));
        }
    }
    let made = make(&encoded(&picture(100, 50), ImageFormat::Png)).unwrap();
    assert_eq!(sizes(&made), [(320, 100, 50)], "nothing is enlarged");
    let made = make(&encoded(&picture(1000, 2), ImageFormat::Png)).unwrap();
    assert_eq!(sizes(&made), [(320, 320, 1), (960, 960, 2)], "a line stays one");
    assert_eq!(sizes(&make(&encoded(&picture(1, 1), ImageFormat::Png)).unwrap()), [(320, 1, 1)]);
}

#[test]
fn transparency_stays_where_there_is_some() {
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(400, 400, Rgba([1, 2, 3, 100])));
    let made = make(&encoded(&clear, ImageFormat::Png)).unwrap();
    assert_eq!(made.sizes[0].content_type, "image/png");
    assert_eq!(decoded(&made, 0).into_rgba8().get_pixel(5, 5).0[3], 100);
    let opaque = DynamicImage::ImageRgba8(RgbaImage::from_pixel(400, 400, Rgba([1, 2, 3, 255])));
    assert_eq!(make(&encoded(&opaque, ImageFormat::Png)).unwrap().sizes[0].content_type, "image/jpeg");
}

/// A JPEG with what a camera writes: how it was held, and its maker's name, which stands here for
/// the place and the owner.
fn from_a_camera(image: &DynamicImage, orientation: u16) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    let maker = b"52.5200N 13.4050E\0";
    exif.extend([0x01, 0x0f, 0, 2, 0, 0, 0, u8::try_from(maker.len()).unwrap(), 0, 0, 0, 38]);
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1]);
    exif.extend(orientation.to_be_bytes());
    exif.extend([0, 0, 0, 0, 0, 0]);
    exif.extend(maker);
    let plain = encoded(image, ImageFormat::Jpeg);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&plain[2..]);
    bytes
}

#[test]
fn it_is_turned_as_the_camera_says_and_nothing_else_of_the_camera_is_kept() {
    let photo = from_a_camera(&picture(400, 200), 6);
    let contains = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    assert!(contains(&photo, b"52.5200N"));
    let made = make(&photo).unwrap();
    assert_eq!((made.width, made.height), (200, 400));
    assert_eq!(sizes(&made), [(320, 160, 320)]);
    let turned = decoded(&made, 0).into_rgb8();
    let (top, bottom) = (turned.get_pixel(80, 40), turned.get_pixel(80, 280));
    assert!(top[0] > 150 && bottom[2] > 150, "the left has become the top: {top:?} {bottom:?}");
    assert!(!contains(&made.sizes[0].bytes, b"52.5200N") && !contains(&made.sizes[0].bytes, b"Exif"));
    let small = make(&from_a_camera(&picture(40, 20), 8)).unwrap();
    assert_eq!((small.width, small.height, sizes(&small)), (20, 40, vec![(320, 20, 40)]), "one that isn't made smaller, too");
}

#[test]
fn of_a_moving_image_the_first_picture_is_shown() {
    let mut bytes = Vec::new();
    let frame = |colour| Frame::from_parts(RgbaImage::from_pixel(50, 40, Rgba(colour)), 0, 0, Delay::from_numer_denom_ms(100, 1));
    GifEncoder::new(&mut bytes).encode_frames([frame([200, 0, 0, 255]), frame([0, 200, 0, 255])]).unwrap();
    let made = make(&bytes).unwrap();
    assert_eq!(sizes(&made), [(320, 50, 40)]);
    assert!(decoded(&made, 0).into_rgb8().get_pixel(20, 20)[0] > 150);
}

/// A PNG that says it is this large, and has nothing of it.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(&picture(1, 1), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = !bytes[12..29]
        .iter()
        .fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 }));
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn bombs_are_refused_before_they_are_decoded() {
    for (width, height) in [(100_000, 100_000), (30_001, 1), (8_000, 8_000), (u32::MAX >> 1, 2), (29_999, 29_999)] {
        assert!(matches!(make(&claims(width, height)), Err(Failed::TooLarge(_))), "{width} × {height}: {:?}", make(&claims(width, height)));
    }
    assert!(matches!(make(&claims(3_000, 3_000)), Err(Failed::Broken(_))), "not enough data");
    assert!(matches!(make(&claims(0, 10)), Err(Failed::Broken(_))));
    // Few bytes that become many: the same line 7,000 times.
    let bomb = encoded(&DynamicImage::ImageLuma8(image::GrayImage::new(7_000, 7_000)), ImageFormat::Png);
    assert!(bomb.len() < 400_000, "{}", bomb.len());
    assert_eq!(sizes(&make(&bomb).unwrap()).len(), 3);
}

#[test]
fn what_is_no_image_is_no_image() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for bytes in [b"".as_slice(), b"x", b"GIF", b"\x7fELF\x02\x01\x01", b"MZ\x90\0\x03", b"%PDF-1.7", svg, b"<!doctype html><h1>GIF89a", b"BM\x36\0\0\0"] {
        assert_eq!(make(bytes), Err(Failed::Unknown), "{bytes:?}");
    }
    let whole = encoded(&picture(300, 300), ImageFormat::Jpeg);
    for length in [3, 20, 200, whole.len() / 2] {
        // A decoder may show what it got of a photo, but never fails otherwise.
        match make(&whole[..length]) {
            Ok(made) => assert_eq!((made.width, made.height), (300, 300)),
            Err(failed) => assert!(matches!(failed, Failed::Broken(_)), "{length}: {failed:?}"),
        }
    }
}
