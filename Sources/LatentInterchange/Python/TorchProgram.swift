import Latent
import LatentVAE

/// A model as modules of PyTorch, whose state dictionary has the names and shapes of ``TorchTable``.
struct TorchProgram {
  private let plan: ModelPlan
  private let element: ElementType

  init(_ plan: ModelPlan, _ element: ElementType) {
    self.plan = plan
    self.element = element
  }

  func lines(path: String, parity: String) -> [String] {
    let z = plan.latentSize
    let label = "parity[\"labels\"]"
    var lines = ["import torch", "import torch.nn.functional as F", "from safetensors.torch import load_file"]
    lines += ["from torch import nn", ""]
    if let type = element.pythonDefault { lines += ["torch.set_default_dtype(torch.\(type))", ""] }
    lines +=
      [
        "", "class Encoder(nn.Module):",
      ] + constructors(of: plan.layers.encoder.compactMap(\.weighted) + plan.layers.heads) + [
        "    def forward(self, \(arguments("x", "label", of: plan))):"
          + "  # [B, \(plan.example.dimensions.map { "\($0)" }.joined(separator: ", "))] -> mean and log-variance [B, \(z)]"
      ] + body(plan.layers.encoder)
    if plan.classes > 0 { lines.append("        x = torch.cat((x, label), 1)") }
    lines += ["        return self.mean(x), self.log_variance(x)", "", ""]
    lines += ["class Decoder(nn.Module):"] + constructors(of: plan.layers.decoder.compactMap(\.weighted))
    lines.append(
      "    def forward(self, \(arguments("x", "label", of: plan))):"
        + "  # [B, \(z)] -> logits [B, \(plan.example.steps * plan.example.features)]")
    if plan.classes > 0 { lines.append("        x = torch.cat((x, label), 1)") }
    lines += body(plan.layers.decoder) + ["        return x", "", ""]
    lines += [
      "class VAE(nn.Module):", "    def __init__(self):", "        super().__init__()",
      "        self.encoder = Encoder()", "        self.decoder = Decoder()",
    ]
    if case .values(let values)? = plan.layers.likelihood?.kind {
      let parameters = values.map { value in
        "\"\(value.name.snakeCase)\": nn.Parameter(torch.zeros(\(value.shape.map { "\($0)" }.joined(separator: ", "))))"
      }
      lines.append("        self.likelihood = nn.ParameterDict({\(parameters.joined(separator: ", "))})")
    }
    return lines + [
      "", "", "vae = VAE().eval()", "vae.load_state_dict(load_file(\(path)))", "",
      "parity = load_file(\(parity))", "with torch.no_grad():",
      "    mean, log_variance = vae.encoder(\(arguments("parity[\"images\"]", label, of: plan)))",
      "    x = vae.decoder(\(arguments("mean", label, of: plan)))",
      "    reconstruction = \(mean(count: plan.example.count))",
    ]
  }

  /// The mean that the likelihood makes of the decoder's numbers `x`, those of `count` elements.
  private func mean(count: Int) -> String {
    let (first, numbers) = (plan.firstNumber("x"), plan.likelihood.numbersPerElement)
    switch plan.likelihood.link {
    case .identity: return first
    case .sigmoid: return "torch.sigmoid(\(first))"
    case .exp: return "torch.exp(\(first))"
    case .continuousBernoulli:
      // torch.distributions' own is only good to 0.002 in float32.
      return "torch.where(x.abs() < 0.1, 0.5 + x / 12 - x**3 / 720, 0.5 + 0.5 / torch.tanh(x / 2) - 1 / x)"
    case .largest: return "x.reshape(-1, \(count), \(numbers)).argmax(-1).to(x.dtype)"
    case .logisticMixture:
      let parts = "x.reshape(-1, \(count), 3, \(numbers / 3))"
      return "((\(parts)[:, :, 0].softmax(-1) * \(parts)[:, :, 1]).sum(-1) / 2 + 0.5).clamp(0, 1)"
    }
  }

  private func constructors(of layers: [PlannedLayer]) -> [String] {
    ["    def __init__(self):", "        super().__init__()"]
      + layers.map { "        self.\($0.pythonName) = \(constructor(of: $0))" } + [""]
  }

  private func constructor(of layer: PlannedLayer) -> String {
    switch layer.kind {
    case .recurrent(let sizes):
      return "nn.\(sizes.cell.rawValue.uppercased())(\(sizes.inputs), \(sizes.units), batch_first=True"
        + (sizes.isBidirectional ? ", bidirectional=True" : "") + ")"
    case .dense(let sizes): return "nn.Linear(\(sizes.inputs), \(sizes.outputs))"
    case .convolution(let sizes):
      return "nn.Conv2d(\(sizes.channels), \(sizes.filters), \(sizes.kernel.python), stride=\(sizes.stride.python))"
    case .transposedConvolution(let sizes):
      return
        "nn.ConvTranspose2d(\(sizes.channels), \(sizes.filters), \(sizes.kernel.python), stride=\(sizes.stride.python))"
    case .embedding(let sizes): return "nn.Embedding(\(sizes.vocabulary), \(sizes.units))"
    case .values: fatalError("\(layer.place) is no module")
    }
  }

  private func body(_ steps: [PlannedLayers.Step]) -> [String] {
    guard let place = steps.firstIndex(where: \.isForced), case .forced(let sizes) = steps[place] else {
      return steps.map { "        x = \(call($0))" }
    }
    // One step after the other, each reading what was made before it.
    let loop = steps[place...].map { step -> String in
      guard case .layer(let layer) = step, case .recurrent = layer.kind else { return "x = \(call(step))" }
      let name = layer.pythonName
      return "x, states[\"\(name)\"] = self.\(name)(x, states.get(\"\(name)\"))"
    }
    return steps[..<place].map { "        x = \(call($0))" } + [
      "        z, before, states, steps = x, x.new_zeros(len(x), \(sizes.features)), {}, []",
      "        for _ in range(\(sizes.steps)):",
    ] + (loop + ["steps.append(x)", "before = \(before(sizes))"]).map { "            " + $0 }
      + ["        x = torch.cat(steps, 1)"]
  }

  /// What the next step reads of the numbers `x` of a step.
  private func before(_ sizes: ForcedSizes) -> String {
    let mean = mean(count: plan.example.features)
    return sizes.embedding.map { "self.\($0.pythonName)(\(mean)[:, 0].long())" } ?? mean
  }

  private func call(_ step: PlannedLayers.Step) -> String {
    switch step {
    case .flattened(let images): return (images == nil ? "x" : "x.permute(0, 2, 3, 1)") + ".flatten(1)"
    case .images(let images, true): return "x.reshape(-1, \(images.channels), \(images.height), \(images.width))"
    case .images(let images, false):
      return "x.reshape(-1, \(images.height), \(images.width), \(images.channels)).permute(0, 3, 1, 2)"
    case .repeated(let steps): return "x.unsqueeze(1).expand(-1, \(steps), -1)"
    case .forced: return "torch.cat((z, before), 1).unsqueeze(1)"
    case .maskChannel(let isOfImages):
      return "torch.cat((x.masked_fill(x.isnan(), 0), (~x.isnan()).to(x.dtype)), \(isOfImages ? 1 : -1))"
    case .layer(let layer): return call(layer)
    }
  }

  /// PyTorch pads and crops all sides alike, and here one side may have more.
  private func call(_ layer: PlannedLayer) -> String {
    let name = "self." + layer.pythonName
    switch layer.kind {
    case .recurrent(let sizes):
      if sizes.returnsSequence { return "\(name)(x)[0]" }
      let state = sizes.cell == .lstm ? "\(name)(x)[1][0]" : "\(name)(x)[1]"
      return sizes.isBidirectional ? "torch.cat(tuple(\(state)), 1)" : "\(state)[-1]"
    case .dense(let sizes): return sizes.activation.torch("\(name)(x)")
    case .convolution(let sizes):
      let (rows, columns) = (sizes.rowPadding, sizes.columnPadding)
      return sizes.activation.torch(
        "\(name)(F.pad(x, (\(columns.before), \(columns.after), \(rows.before), \(rows.after))))")
    case .transposedConvolution(let sizes):
      func kept(_ cropped: (before: Int, after: Int)) -> String {
        "\(cropped.before == 0 ? "" : "\(cropped.before)"):\(cropped.after == 0 ? "" : "-\(cropped.after)")"
      }
      let (rows, columns) = (kept(sizes.rowPadding), kept(sizes.columnPadding))
      return sizes.activation.torch(
        "\(name)(x)" + (rows == ":" && columns == ":" ? "" : "[:, :, \(rows), \(columns)]"))
    case .embedding: return "\(name)(x[:, :, 0].long())"
    case .values: return "x"
    }
  }
}

extension Activation {
  /// What PyTorch calls of it.
  fileprivate func torch(_ x: String) -> String {
    switch self {
    case .linear: x
    case .relu, .tanh, .sigmoid: "torch.\(rawValue)(\(x))"
    case .softplus, .silu, .gelu, .elu: "F.\(rawValue)(\(x))"
    case .leakyRelu: "F.leaky_relu(\(x), 0.2)"
    case .softmax: "torch.softmax(\(x), -1)"
    }
  }
}

extension Size2D {
  /// As Python programs write it: `3`, `(5, 1)`.
  var python: String { height == width ? "\(height)" : "(\(height), \(width))" }
}

extension PlannedLayers.Step {
  /// Whether it reads what was made before.
  var isForced: Bool { if case .forced = self { true } else { false } }
}
