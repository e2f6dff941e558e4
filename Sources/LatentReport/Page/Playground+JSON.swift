import LatentFiles

/// What `playground.js` reads.
extension Playground {
  var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    func labels(_ values: [UInt8]?) -> JSON { values.map { .array($0.map { .integer(Int($0)) }) } ?? .null }
    return [
      "height": .integer(example.drawn?.height ?? 0), "width": .integer(example.drawn?.width ?? 0),
      "channels": .integer(example.drawn?.channels ?? 0),
      "series": series?.json ?? .null, "singular": .string(example.singular), "plural": .string(example.plural),
      "latent": .integer(latentSize),
      "classes": labels(classLabels), "classNames": .array(classNames.map { .string($0) }),
      "steps": decoder.steps, "weights": .string(Base64.encode(decoder.weights)),
      "dimensions": .array(
        dimensions.map { dimension in
          [
            "index": .integer(dimension.index), "kl": number(dimension.divergence), "mean": number(dimension.mean),
            "reach": .number(dimension.reach),
          ]
        }),
      "examples": examples.map { examples in
        [
          "title": .string(examples.title), "pixels": .string(Base64.encode(examples.pixels)),
          "values": .string(Base64.encode(examples.values)),
          "means": .string(Base64.encode(examples.means)), "labels": labels(examples.labels),
        ]
      } ?? .null,
      "map": map.map { map, labels in
        [
          "points": .string(Base64.encode(map.points)),
          "labels": labels.map { .string(Base64.encode($0)) } ?? .null,
          "center": .string(Base64.encode(map.center)), "axes": .string(Base64.encode(map.axes)),
          "isFlat": .bool(map.isFlat), "caption": .string(map.caption),
        ]
      } ?? .null,
      "check": [
        "points": .string(Base64.encode(check.points)), "labels": labels(check.labels),
        "pixels": .string(Base64.encode(check.pixels)),
      ],
    ]
  }
}
