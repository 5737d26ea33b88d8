# Completes command lines of {bin} in PowerShell. It asks {bin} itself what may come next.

Register-ArgumentCompleter -Native -CommandName '{bin}' -ScriptBlock {
    param($current, $line, $position)

    # What stands after the cursor is not looked at.
    $given = @($line.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $position } |
        ForEach-Object { $_.Extent.Text })
    $program = $given[0]
    $rest = @($given | Select-Object -Skip 1)
    if ($current -eq '') {
        $rest += '""'
    }
    $answer = @(& $program {request} @rest 2>$null)

    $directive = 0
    $candidates = @()
    foreach ($text in $answer) {
        if ($text -match '^:(\d+)$') {
            $directive = [int]$Matches[1]
        } elseif (-not $text.StartsWith('_activeHelp_ ')) {
            $candidates += $text
        }
    }
    if ($directive -band 1) {
        return
    }

    # Only what follows the sign is completed in --flag=value, but all of it is replaced.
    $kept = ''
    if ($current -match '^(-[^=]*=)(.*)$') {
        $kept, $current = $Matches[1], $Matches[2]
    }
    foreach ($candidate in $candidates) {
        $value, $description = $candidate -split "`t", 2
        if (-not $value.StartsWith($current)) {
            continue
        }
        if (-not $description) {
            $description = $value
        }
        $text = "$kept$value"
        if (-not ($directive -band 2)) {
            $text += ' '
        }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
    }
    # Without an answer, PowerShell offers files; an empty one keeps it from that.
    if ($candidates.Count -eq 0 -and ($directive -band 4)) {
        ''
    }
}
