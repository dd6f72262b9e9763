<?php

declare(strict_types=1);

/** Tabs without their frame: what stands in them, in order. */
class CAdminTabControl
{
    private int $next = 0;

    /**
     * @param list<array<string, string>> $tabs
     */
    public function __construct(private readonly string $name, private readonly array $tabs)
    {
    }

    public function Begin(): void
    {
        echo '<div id="', htmlspecialcharsbx($this->name), '">';
    }

    public function BeginNextTab(): void
    {
        $tab = $this->tabs[$this->next++];
        echo '<table id="', htmlspecialcharsbx($tab['DIV']), '"><caption>', htmlspecialcharsbx($tab['TITLE']), '</caption>';
    }

    public function Buttons(): void
    {
        echo '</table>';
    }

    public function End(): void
    {
        echo '</div>';
    }
}
