<?php

declare(strict_types=1);

namespace Tests\Fakes;

/** A parent who has logged in, as the gateway tells of them. */
final class VerifiedPerson
{
    private const SELF = [
        'subject' => 'self',
        'display' => 'Иван И.',
        'snils_mask' => '***-***-*** 95',
        'has_snils' => true,
        'oms' => 'verified',
    ];
    private const CHILD = [
        'subject' => 'child-1',
        'display' => 'Пётр И.',
        'snils_mask' => null,
        'has_snils' => false,
        'oms' => 'absent',
    ];

    /**
     * @return array<string, mixed>
     */
    public static function told(): array
    {
        return [
            'ticket' => 'TICKET',
            'expires_at' => date('c', time() + 1800),
            'source' => 'esia',
            'logout_url' => 'https://esia.test/idp/ext/Logout',
            'subjects' => [self::SELF, self::CHILD],
        ] + self::SELF;
    }
}
