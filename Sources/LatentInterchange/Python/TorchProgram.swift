import LatentVAE

/// A model as modules of PyTorch, whose state dictionary has the names and shapes of ``TorchTable``.
struct TorchProgram {
  private let plan: ModelPlan
  private let isDouble: Bool

  init(_ plan: ModelPlan, isDouble: Bool) {
    self.plan = plan
    self.isDouble = isDouble
  }

  func lines(path: String, parity: String) -> [String] {
    let (form, z) = (plan.form, plan.form.sizes.latent)
    let label = "parity[\"labels\"]"
    var lines = ["import torch", "import torch.nn.functional as F", "from safetensors.torch import load_file"]
    lines += ["from torch import nn", ""]
    if isDouble { lines += ["torch.set_default_dtype(torch.float64)", ""] }
    lines +=
      [
        "", "class Encoder(nn.Module):",
      ] + constructors(of: plan.encoder.compactMap(\.layer) + plan.heads) + [
        "    def forward(self, \(arguments("x", "label", of: plan))):"
          + "  # [B, \(form.height), \(form.width)] -> mean and log-variance [B, \(z)]"
      ] + body(plan.encoder)
    if form.classes > 0 { lines.append("        x = torch.cat((x, label), 1)") }
    lines += ["        return self.mean(x), self.log_variance(x)", "", ""]
    lines += ["class Decoder(nn.Module):"] + constructors(of: plan.decoder.compactMap(\.layer))
    lines.append(
      "    def forward(self, \(arguments("x", "label", of: plan))):"
        + "  # [B, \(z)] -> logits [B, \(form.height * form.width)]")
    if form.classes > 0 { lines.append("        x = torch.cat((x, label), 1)") }
    lines += body(plan.decoder) + ["        return x", "", ""]
    lines += [
      "class VAE(nn.Module):", "    def __init__(self):", "        super().__init__()",
      "        self.encoder = Encoder()", "        self.decoder = Decoder()",
    ]
    if plan.likelihood != nil {
      lines.append("        self.likelihood = nn.ParameterDict({\"log_variance\": nn.Parameter(torch.zeros(1))})")
    }
    return lines + [
      "", "", "vae = VAE().eval()", "vae.load_state_dict(load_file(\(path)))", "",
      "parity = load_file(\(parity))", "with torch.no_grad():",
      "    mean, log_variance = vae.encoder(\(arguments("parity[\"images\"]", label, of: plan)))",
      "    reconstruction = torch.sigmoid(vae.decoder(\(arguments("mean", label, of: plan))))",
    ]
  }

  private func constructors(of layers: [PlannedLayer]) -> [String] {
    ["    def __init__(self):", "        super().__init__()"]
      + layers.map { "        self.\($0.pythonName) = \(constructor(of: $0))" } + [""]
  }

  private func constructor(of layer: PlannedLayer) -> String {
    func convolution(_ name: String, _ sizes: ConvolutionSizes) -> String {
      "nn.\(name)(\(sizes.channels), \(sizes.filters), \(sizes.kernel), stride=\(sizes.stride), "
        + "padding=\(sizes.padding.before))"
    }
    switch layer.kind {
    case .lstm(let inputs, let units, _): return "nn.LSTM(\(inputs), \(units), batch_first=True)"
    case .bidirectionalLSTM(let inputs, let units):
      return "nn.LSTM(\(inputs), \(units), batch_first=True, bidirectional=True)"
    case .gru(let inputs, let units): return "nn.GRU(\(inputs), \(units), batch_first=True)"
    case .dense(let sizes): return "nn.Linear(\(sizes.inputs), \(sizes.outputs))"
    case .convolution(let sizes): return convolution("Conv2d", sizes)
    case .transposedConvolution(let sizes): return convolution("ConvTranspose2d", sizes)
    case .values: fatalError("\(layer.place) is no module")
    }
  }

  private func body(_ steps: [ModelPlan.Step]) -> [String] { steps.map { "        x = \(call($0))" } }

  private func call(_ step: ModelPlan.Step) -> String {
    switch step {
    case .flattened: return "x.flatten(1)"
    case .images(let images): return "x.reshape(-1, \(images.channels), \(images.height), \(images.width))"
    case .repeated(let steps): return "x.unsqueeze(1).expand(-1, \(steps), -1)"
    case .layer(let layer): return call(layer)
    }
  }

  /// PyTorch pads and crops all sides alike; what is more at the last ones comes before or after.
  private func call(_ layer: PlannedLayer) -> String {
    let name = "self." + layer.pythonName
    func relu(_ isRelu: Bool, _ call: String) -> String { isRelu ? "F.relu(\(call))" : call }
    switch layer.kind {
    case .lstm(_, _, let returnsSequence): return returnsSequence ? "\(name)(x)[0]" : "\(name)(x)[1][0][-1]"
    case .bidirectionalLSTM: return "torch.cat(tuple(\(name)(x)[1][0]), 1)"
    case .gru: return "\(name)(x)[1][-1]"
    case .dense(let sizes): return relu(sizes.isRelu, "\(name)(x)")
    case .convolution(let sizes):
      let more = sizes.padding.after - sizes.padding.before
      return relu(sizes.isRelu, more == 0 ? "\(name)(x)" : "\(name)(F.pad(x, (0, \(more), 0, \(more))))")
    case .transposedConvolution(let sizes):
      let more = sizes.padding.after - sizes.padding.before
      return relu(sizes.isRelu, more == 0 ? "\(name)(x)" : "\(name)(x)[:, :, :-\(more), :-\(more)]")
    case .values: return "x"
    }
  }
}

extension ModelPlan.Step {
  /// The layer, where it is one.
  var layer: PlannedLayer? { if case .layer(let layer) = self { layer } else { nil } }
}
