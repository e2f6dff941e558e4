import Foundation

/// Whether the tests run under a sanitizer (scripts/sanitize): its own memory and files break tests of such limits.
public let isSanitized = ProcessInfo.processInfo.environment["LATENT_SANITIZER"] != nil
