# Completes command lines of {bin} in fish. It asks {bin} itself what may come next.

function __{bin}_complete
    set -l given (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l answer ($given[1] {request} $given[2..-1] "$current" 2>/dev/null)
    set -l directive 0
    set -l candidates
    for line in $answer
        switch $line
            case ':*'
                set directive (string sub --start 2 -- $line)
            case '_activeHelp_ *'
                # fish has no place for hints.
            case '*'
                set --append candidates $line
        end
    end
    test (math "bitand($directive, 1)") -ne 0; and return

    # Only what follows the sign is completed in --flag=value, but all of it is replaced.
    set -l kept (string match --regex -- '^-[^=]*=' "$current")
    for candidate in $candidates
        echo -- "$kept$candidate"
    end
    if test (count $candidates) -eq 0 -a (math "bitand($directive, 4)") -eq 0
        __fish_complete_path "$current"
    end
end

complete --command {bin} --erase
complete --command {bin} --no-files --arguments '(__{bin}_complete)'
