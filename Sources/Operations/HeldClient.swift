internal import CredentialVault

/// What an app is known by to its provider, opened once for requests that follow one another.
final class HeldClient {
    let row: AppRow
    let secrets: AppSecrets

    init(_ row: AppRow, in vault: borrowing OpenVault) throws(OperationError) {
        self.row = row
        secrets = try ofVault(vault.secrets(of: row))
    }
}

extension HeldClient? {
    /// The one in hand where it is the app as it stands now, else that, opened, instead.
    mutating func of(
        _ app: AppRow, in vault: borrowing OpenVault
    ) throws(OperationError) -> HeldClient {
        if let held = self, held.row == app { return held }
        let opened = try HeldClient(app, in: vault)
        self = opened
        return opened
    }
}
